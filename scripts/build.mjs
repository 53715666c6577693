// Bundles every entry point into dist/. onnxruntime-node stays outside: it loads its native binary by path.
import { build } from 'esbuild';

const watch = process.argv.includes('--watch');
const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['onnxruntime-node', 'vscode'],
  outdir: 'dist',
  sourcemap: true,
  logLevel: 'warning',
  entryNames: '[name]',
};

const entries = {
  cli: 'src/cli/main.ts',
  modelProcess: 'src/model/process/main.ts',
  bench: 'src/bench/main.ts',
  extension: 'src/editor/extension.ts',
};
/** Pages of webviews: a script and its styles each. */
const pages = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  outdir: 'dist',
  logLevel: 'warning',
  entryPoints: [
    { in: 'webview/lens/main.ts', out: 'webview-lens' },
    { in: 'webview/lens/lens.css', out: 'webview-lens' },
  ],
};

const bundles = [{ ...node, entryPoints: entries }, pages];
if (watch) {
  const { context } = await import('esbuild');
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map(bundle => build(bundle)));
}
