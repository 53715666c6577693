// One function per suite: each starts what it needs, runs the bundled tests, and stops it again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifest } from '../package.mjs';
import { HOST_FOLDER, ROOT, TEST_BUNDLE, TEST_OUTPUT } from './paths.mjs';
import { Host } from './server.mjs';
import { themeSettings } from './settings.mjs';
import { extensionId } from './vsix.mjs';
import { makeWorkspace } from './workspace.mjs';

// Ten times what the suite takes on two loaded cores.
const IN_HOST_LIMIT_MS = 180_000;
// Vulkan finds no driver: the same tests see the same machine everywhere, one without a GPU.
const NO_GPU = { VK_DRIVER_FILES: '/nowhere', VK_ICD_FILENAMES: '/nowhere' };
const require = createRequire(join(ROOT, 'package.json'));

/** What is in the VSIX. */
export const runPackage = ({ vsix }) => inThisProcess('package', { vsix, root: ROOT, manifest: manifest() });

/** mocha inside the extension host, against the installed VSIX. */
export async function runInHost({ vsix, browser, report, which }) {
  await withHost({ env: { ...NO_GPU, DOUBLETAKE_TEST_REPORT: report }, which }, async (host, home) => {
    const extension = host.install(vsix, extensionId());
    const workspace = makeWorkspace(join(home, 'workspace'));
    await host.start();
    await withBrowser(browser, async session => {
      const page = await session.newPage();
      const lines = [];
      const exit = new Promise(resolve => page.exposeFunction('codeAutomationExit', resolve));
      await page.exposeFunction(
        'codeAutomationLog',
        (type, args) => void lines.push(`${type} ${JSON.stringify(args)}`),
      );
      await page.goto(
        host.url(workspace, [
          ['extensionDevelopmentPath', host.uri(extension)],
          ['extensionTestsPath', host.uri(join(TEST_BUNDLE, 'inhost', 'run.js'))],
          ['skipWelcome', 'true'],
        ]),
      );
      const code = await Promise.race([exit, later(IN_HOST_LIMIT_MS, 'no end')]);
      writeFileSync(join(TEST_OUTPUT, 'inhost.log'), lines.join('\n'));
      if (code !== 0)
        throw new Error(`the extension host ended its tests with ${code}\n${lines.slice(-5).join('\n')}`);
    });
  });
}

/** playwright in this process, against pages of a VS Code with the installed VSIX. */
export async function runUi({ vsix, browser }) {
  await withHost({ env: NO_GPU }, async (host, home) => {
    host.install(vsix, extensionId());
    const workspace = makeWorkspace(join(home, 'workspace'));
    await host.start();
    const screenshots = join(TEST_OUTPUT, 'screenshots');
    mkdirSync(screenshots, { recursive: true });
    await withBrowser(browser, session =>
      inThisProcess('ui', {
        host,
        browser: session,
        workspace,
        screenshots,
        manifest: manifest(),
        withHost,
        vsix,
        root: ROOT,
      }),
    );
  });
}

/** Hands `use` a VS Code with a home folder of its own, and ends it and removes the folder afterwards. */
async function withHost(options, use) {
  const home = mkdtempSync(join(tmpdir(), 'doubletake-vscode-'));
  // The folder for settings of the workspace is not for the pictures.
  const settings = { ...themeSettings('Dark Modern'), 'files.exclude': { '**/.vscode': true } };
  const host = new Host(home, { testDriver: true, settings, ...options });
  try {
    return await use(host, home);
  } finally {
    host.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function withBrowser(executablePath, use) {
  const { chromium } = createRequire(join(HOST_FOLDER, 'package.json'))('playwright-core');
  // Root, as in a container, has no sandbox to use.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, headless: true, args });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

// The tests get what was started for them by way of one global, `doubletakeSession`.
async function inThisProcess(suite, session) {
  globalThis.doubletakeSession = session;
  await require(join(TEST_BUNDLE, suite, 'run.js')).run();
}

const later = (milliseconds, value) =>
  new Promise(resolve => setTimeout(resolve, milliseconds, value).unref());
