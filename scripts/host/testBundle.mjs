// Bundles the tests that run inside VS Code and in the browser. Every file is found by its name; none is listed.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT, TEST_BUNDLE } from './paths.mjs';

/** The suites: a folder of test/vscode each. */
export const SUITES = ['package', 'inhost', 'ui'];

/** Bundles all suites into dist-test/SUITE/*.js. */
export async function bundleTests() {
  emptyIgnoredFolder(TEST_BUNDLE);
  for (const suite of SUITES) {
    const folder = join(ROOT, 'test', 'vscode', suite);
    await build({
      entryPoints: readdirSync(folder)
        .filter(name => /\.mocha\.ts$|^run\.ts$/.test(name))
        .map(name => join(folder, name)),
      outdir: join(TEST_BUNDLE, suite),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode', 'mocha', 'onnxruntime-node'],
      sourcemap: 'inline',
      logLevel: 'warning',
    });
  }
}

/** Bundled test files of a suite. */
export const testFiles = suite =>
  readdirSync(join(TEST_BUNDLE, suite))
    .filter(name => name.endsWith('.mocha.js'))
    .map(name => join(TEST_BUNDLE, suite, name));

/** Empties a folder of results and keeps it out of git, wherever it is. */
export function emptyIgnoredFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '*\n');
}
