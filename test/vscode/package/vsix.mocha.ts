import { strict as assert } from 'node:assert';
import { listZip, type ZipEntry } from './zip';

const { vsix, manifest } = (globalThis as unknown as { doubletakeSession: PackageSession }).doubletakeSession;

interface PackageSession {
  vsix: string;
  manifest: { main: string; icon?: string; contributes: unknown };
}

/** Everything the VSIX may hold; a file that fits nothing here was not meant to be shipped. */
const ALLOWED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/i,
  /^extension\/dist\/(extension|modelProcess|webview[\w.-]*)\.(js|css)$/,
  /^extension\/media\/[^/]+(\/[^/]+)?\.(png|svg|md|json|gif)$/,
  /^extension\/models\/(base|reasoning)\/[\w.-]+\.(json|safetensors|jinja|md)$/,
  /^extension\/models\/[\w.-]+\.(jsonl|md)$/,
  /^extension\/samples\/vectors\/[\w.-]+\.safetensors$/,
  /^extension\/samples\/rollouts\/[\w-]+\.rollout\.(txt|ann|json)$/,
  /^extension\/node_modules\/onnxruntime-(node|common)\/(package\.json|README\.md)$/,
  /^extension\/node_modules\/onnxruntime-node\/dist\/\w+\.js$/,
  /^extension\/node_modules\/onnxruntime-node\/bin\/napi-v6\/\w+\/\w+\/[\w.-]+$/,
  /^extension\/node_modules\/onnxruntime-common\/dist\/cjs\/[\w.-]+\.(js|json)$/,
];

/** The pair is 9 MB, onnxruntime of one platform 11 to 28 MB compressed; a second platform would show at once. */
const LARGEST_VSIX = 45e6;

describe('The VSIX', () => {
  let entries: ZipEntry[];
  let names: string[];
  before(() => {
    entries = listZip(vsix);
    names = entries.map(entry => entry.name);
  });

  it('holds nothing that was not meant to be shipped', () => {
    assert.deepEqual(
      names.filter(name => !ALLOWED.some(pattern => pattern.test(name))),
      [],
    );
  });

  it('holds what the extension cannot do without', () => {
    const needed = [
      manifest.main,
      'dist/modelProcess.js',
      'dist/webview-lens.js',
      'dist/webview-lens.css',
      'LICENSE.txt',
      ...['base', 'reasoning'].flatMap(model =>
        ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].map(
          file => `models/${model}/${file}`,
        ),
      ),
      ...(JSON.stringify({ icon: manifest.icon, ...(manifest.contributes as object) }).match(
        /(?<=")(\.\/)?media\/[^"]+/g,
      ) ?? []),
    ];
    for (const path of needed)
      assert(names.includes(`extension/${path.replace(/^\.\//, '')}`), `${path} is missing`);
  });

  it('holds the onnxruntime of one platform, without CUDA', () => {
    const binaries = names.filter(name => name.includes('/bin/napi-v6/'));
    const platforms = new Set(
      binaries.map(name => name.split('/bin/napi-v6/')[1].split('/').slice(0, 2).join('-')),
    );
    assert.deepEqual([...platforms], [`${process.platform}-${process.arch}`]);
    assert.equal(binaries.filter(name => name.endsWith('/onnxruntime_binding.node')).length, 1);
    assert.deepEqual(
      binaries.filter(name => /cuda|tensorrt/i.test(name)),
      [],
    );
  });

  it('is of a size to download', () => {
    const size = entries.reduce((sum, entry) => sum + entry.compressed, 0);
    assert(size < LARGEST_VSIX, `${(size / 1e6).toFixed(1)} MB`);
    assert(size > 5e6, `${(size / 1e6).toFixed(1)} MB: something is missing`);
  });
});
