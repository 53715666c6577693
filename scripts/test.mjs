// Runs every check of the project and adds up what passed: formatting and lint, types in every world, and the tests.
// The last line is `N passed, N failed`; the exit code is 0 only if nothing failed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = name => join('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const run = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
    .status === 0;

let passed = 0;
let failed = 0;
const count = (title, ok) => {
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${title}`);
  if (ok) passed++;
  else failed++;
};

count('format and lint', run(bin('biome'), ['check', '.']));
for (const world of ['src/core', 'src', 'webview', 'test'])
  count(`types of ${world}`, run(bin('tsc'), ['-p', world]));

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-tests-'));
// The packaged extension in a real VS Code: its contents, its host, its windows. First, because it brings the browser whose
// software graphics the tests of WebGPU run on.
const inside = join(scratch, 'vscode.json');
run(process.execPath, ['scripts/test-vscode.mjs', '--report', inside]);
try {
  const suites = JSON.parse(readFileSync(inside, 'utf8'));
  passed += suites.passed;
  failed += suites.failed;
  if (suites.passed + suites.failed === 0) count('some test ran in VS Code', false);
} catch {
  count('the tests in VS Code could be run', false);
}

const report = join(scratch, 'vitest.json');
const green = run(bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]);
try {
  const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
  if (numTotalTests === 0) count('some test ran', false);
  // A file that cannot be loaded, or an unhandled rejection, fails the run without failing a test.
  else if (!green && numFailedTests === 0) count('every test file could be run', false);
} catch {
  count('the test runner finished', false);
}

rmSync(scratch, { recursive: true, force: true });

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
