// Packages the extension as one VSIX per platform, with just that platform's onnxruntime.
//   node scripts/package.mjs [--target linux-x64|linux-arm64|win32-x64|win32-arm64|darwin-arm64|all] [--out FOLDER]
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CACHE, ROOT } from './host/paths.mjs';

const require = createRequire(join(ROOT, 'package.json'));
const BINARIES = 'node_modules/onnxruntime-node/bin/napi-v6';
/** What of the clone goes into every VSIX, as far as it is there. */
const SHIPPED = [
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'samples'],
  ...['models/base', 'models/reasoning', 'models/prompts.jsonl', 'models/prompts.steer.jsonl'],
];
/** What of dist/ is the extension: its entry points, and whatever belongs to a webview. dist/ holds other tools as well. */
const SHIPPED_FROM_DIST = /^(extension|modelProcess|webview[\w.-]*)\.(js|css)$/;
// The third copy of the same library on macOS (versioned name) is 45 MB that nothing loads; CUDA is the user's choice.
const UNUSED_BINARY = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$|cuda|tensorrt/i;

/** The platforms that onnxruntime-node brings binaries for, as vsce names them. */
export function targets() {
  return readdirSync(join(ROOT, BINARIES)).flatMap(os =>
    readdirSync(join(ROOT, BINARIES, os)).map(arch => `${os}-${arch}`),
  );
}

/** The platform of this machine, as vsce names it. */
export const thisTarget = () => `${process.platform}-${process.arch}`;

/** Packages the built `dist/` for one target into `folder`; returns the path of the VSIX. */
export function packageFor(target = thisTarget(), folder = CACHE) {
  if (!targets().includes(target))
    throw new Error(`onnxruntime-node has no binaries for ${target}: choose one of ${targets().join(', ')}`);
  if (!existsSync(join(ROOT, 'dist', 'extension.js')))
    throw new Error('dist/extension.js is not there: run node scripts/build.mjs first');
  mkdirSync(CACHE, { recursive: true });
  const stage = mkdtempSync(join(CACHE, `stage-${target}-`));
  mkdirSync(folder, { recursive: true });
  stageExtension(stage);
  stageRuntime(stage, target);
  const { name, version } = manifest();
  const vsix = join(resolve(folder), `${name}-${version}-${target}.vsix`);
  vsce(stage, ['package', '--target', target, '--out', vsix, ...unpublished()]);
  rmSync(stage, { recursive: true, force: true });
  return vsix;
}

/** package.json of the extension. */
export const manifest = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

function stageExtension(stage) {
  const { scripts: _scripts, devDependencies: _dev, bin: _bin, private: _private, ...shipped } = manifest();
  writeFileSync(join(stage, 'package.json'), JSON.stringify(shipped, null, 2));
  for (const path of SHIPPED.filter(path => existsSync(join(ROOT, path))))
    cpSync(join(ROOT, path), join(stage, path), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'dist')).filter(name => SHIPPED_FROM_DIST.test(name)))
    cpSync(join(ROOT, 'dist', name), join(stage, 'dist', name));
}

// Everything else is bundled; onnxruntime stays a package, because it loads its native library by path.
function stageRuntime(stage, target) {
  const [os, arch] = target.split('-');
  copyPackage(stage, 'onnxruntime-node', ['dist'], { 'onnxruntime-common': '*' });
  const binaries = join(BINARIES, os, arch);
  cpSync(join(ROOT, binaries), join(stage, binaries), {
    recursive: true,
    filter: path => !UNUSED_BINARY.test(path.split(/[\\/]/).pop()),
  });
  copyPackage(stage, 'onnxruntime-common', ['dist/cjs'], {});
}

// Its installer's dependencies are left out, and so are types and maps: vsce packs what `npm list` finds here.
function copyPackage(stage, name, folders, dependencies) {
  const from = join(ROOT, 'node_modules', name);
  const to = join(stage, 'node_modules', name);
  mkdirSync(to, { recursive: true });
  const {
    scripts: _scripts,
    devDependencies: _dev,
    ...rest
  } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(join(to, 'package.json'), JSON.stringify({ ...rest, dependencies }, null, 2));
  cpSync(join(from, 'README.md'), join(to, 'README.md'));
  for (const folder of folders)
    cpSync(join(from, folder), join(to, folder), {
      recursive: true,
      filter: path => !/\.map$|\.d\.ts$/.test(path),
    });
}

// Until the repository has a public address, vsce is told not to look for one.
const unpublished = () =>
  manifest().repository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links'];

function vsce(cwd, args) {
  const cli = join(dirname(require.resolve('@vscode/vsce/package.json')), 'vsce');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`vsce could not package the extension:\n${stdout}${stderr}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { target: { type: 'string' }, out: { type: 'string', default: ROOT } },
  });
  const wanted = values.target === 'all' ? targets() : [values.target ?? thisTarget()];
  try {
    for (const target of wanted) console.log(packageFor(target, values.out));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
