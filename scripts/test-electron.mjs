// Runs the in-host tests in the desktop VS Code that @vscode/test-electron downloads: for machines with the network.
//   node scripts/test-electron.mjs [--version stable|insiders|1.100.3] [--vsix FILE]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests,
} from '@vscode/test-electron';
import { TEST_BUNDLE } from './host/paths.mjs';
import { bundleTests } from './host/testBundle.mjs';
import { extensionId, freshVsix } from './host/vsix.mjs';
import { makeWorkspace } from './host/workspace.mjs';

const { values } = parseArgs({
  options: { version: { type: 'string', default: 'stable' }, vsix: { type: 'string' } },
});
const home = mkdtempSync(join(tmpdir(), 'doubletake-electron-'));
const own = ['--user-data-dir', join(home, 'user-data'), '--extensions-dir', join(home, 'extensions')];

try {
  const vscodeExecutablePath = await download(values.version);
  const vsix = freshVsix(values.vsix);
  await bundleTests();
  const report = join(home, 'report.json');
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: install(vscodeExecutablePath, vsix),
    extensionTestsPath: join(TEST_BUNDLE, 'inhost', 'run.js'),
    extensionTestsEnv: { DOUBLETAKE_TEST_REPORT: report },
    launchArgs: [makeWorkspace(join(home, 'workspace')), ...own, '--disable-workspace-trust'],
  }).catch(() => 1);
  const { tests } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = tests.filter(test => !test.ok);
  for (const { title, error } of failed) console.log(`FAIL  ${title}\n${error}`);
  console.log(
    `in-host, desktop VS Code ${values.version}: ${tests.length - failed.length} passed, ${failed.length} failed`,
  );
  process.exitCode = code === 0 && failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function download(version) {
  try {
    return await downloadAndUnzipVSCode(version);
  } catch (error) {
    throw new Error(
      `VS Code could not be downloaded (${error.message}): node scripts/test-vscode.mjs runs the same tests without it`,
    );
  }
}

function install(executable, vsix) {
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const windows = process.platform === 'win32';
  const { status } = spawnSync(
    windows ? `"${cli}"` : cli,
    [...args, ...own, '--install-extension', vsix, '--force'],
    {
      stdio: 'inherit',
      shell: windows,
    },
  );
  const folder = readdirSync(join(home, 'extensions')).find(name => name.startsWith(`${extensionId()}-`));
  if (status !== 0 || !folder) throw new Error(`VS Code could not install ${vsix}`);
  return join(home, 'extensions', folder);
}
