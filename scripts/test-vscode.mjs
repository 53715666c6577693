// Tests the packaged extension: what is in the VSIX, what it does in a real extension host, what a person sees in a browser.
//   node scripts/test-vscode.mjs [--report FILE] [--vsix FILE] [--only types|package|inhost|oldest|ui] [--grep TEXT]
// FILE of --report gets {"passed": N, "failed": N, "suites": {…}}; the exit code is 0 only if nothing failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from './browser.mjs';
import { installHost } from './host/install.mjs';
import { CACHE, ROOT, TEST_OUTPUT } from './host/paths.mjs';
import { runInHost, runPackage, runUi } from './host/suites.mjs';
import { bundleTests, emptyIgnoredFolder } from './host/testBundle.mjs';
import { freshVsix } from './host/vsix.mjs';

const { values } = parseArgs({
  options: {
    report: { type: 'string' },
    vsix: { type: 'string' },
    only: { type: 'string' },
    grep: { type: 'string' },
  },
});
if (values.grep) process.env.DOUBLETAKE_TEST_GREP = values.grep;

const suites = {
  types: checkTypes,
  package: runPackage,
  inhost: runInHost,
  oldest: options => runInHost({ ...options, which: 'oldest' }),
  ui: runUi,
};
const totals = { passed: 0, failed: 0, suites: {} };

try {
  await takeTurn();
  installHost();
  emptyIgnoredFolder(TEST_OUTPUT);
  const vsix = freshVsix(values.vsix);
  await bundleTests();
  const browser = findBrowser();
  for (const [name, run] of Object.entries(suites)) {
    if (values.only && values.only !== name) continue;
    await runSuite(name, () => run({ vsix, browser, report: join(TEST_OUTPUT, `${name}.json`) }));
  }
} catch (error) {
  console.error(error.message);
  totals.failed++;
}
if (values.report) writeFileSync(values.report, JSON.stringify(totals));
process.exit(totals.failed === 0 ? 0 : 1);

/** Waits until no other run uses this clone's folders (and its processors). */
async function takeTurn() {
  const lock = join(CACHE, 'test-vscode.pid');
  mkdirSync(CACHE, { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(lock, { force: true }));
      return;
    } catch {
      if (isOver(lock)) rmSync(lock, { force: true });
      else if (!told)
        console.log('Another run of these tests is under way in this clone: waiting for its end …');
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}

function isOver(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function runSuite(name, run) {
  const start = performance.now();
  const report = join(TEST_OUTPUT, `${name}.json`);
  process.env.DOUBLETAKE_TEST_REPORT = report;
  const error = await run().then(
    () => undefined,
    error => error,
  );
  const { tests, measured } = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { tests: [{ title: `${name}: the suite ran`, ok: !error, error: error?.stack }], measured: {} };
  // A suite may pass every test it ran and still break off.
  if (error && tests.every(test => test.ok))
    tests.push({ title: `${name}: the suite ended well`, ok: false, error: error.stack });
  print(tests, measured);
  const failed = tests.filter(test => !test.ok).length;
  const seconds = (performance.now() - start) / 1000;
  totals.passed += tests.length - failed;
  totals.failed += failed;
  totals.suites[name] = { passed: tests.length - failed, failed, seconds, measured };
  console.log(`${name}: ${tests.length - failed} passed, ${failed} failed in ${seconds.toFixed(1)} s\n`);
}

function print(tests, measured) {
  for (const { title, ok, milliseconds, error } of tests)
    console.log(
      `${ok ? 'ok  ' : 'FAIL'}  ${title}${milliseconds > 1000 ? ` (${(milliseconds / 1000).toFixed(1)} s)` : ''}${error ? `\n${error}` : ''}`,
    );
  for (const [name, value] of Object.entries(measured)) console.log(`      ${name}: ${value}`);
}

async function checkTypes() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join('test', 'vscode')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
}
