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
if (watch) {
  const { context } = await import('esbuild');
  await (await context({ ...node, entryPoints: entries })).watch();
} else {
  await build({ ...node, entryPoints: entries });
}
