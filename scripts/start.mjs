// Opens a real VS Code with Doubletake on a folder of sample rollouts.
//   npm start                      VS Code in the browser, bound to 127.0.0.1, until Ctrl-C
//   npm start -- --desktop         the desktop VS Code that is installed here
//   further: --no-open (only print the address), --port N, --vsix FILE (that package instead of this clone's)
import { execFile, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { CACHE, ROOT } from './host/paths.mjs';
import { Host } from './host/server.mjs';
import { extensionId } from './host/vsix.mjs';

const HOME = join(CACHE, 'start');
// The same address each time, so that the browser remembers the layout; another one if it is taken.
const PORT = 18790;

const { values } = parseArgs({
  options: {
    desktop: { type: 'boolean' },
    'no-open': { type: 'boolean' },
    port: { type: 'string' },
    vsix: { type: 'string' },
  },
});

try {
  const samples = copySamples();
  if (values.desktop) await startDesktop(samples);
  else await startInBrowser(samples);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function startInBrowser(samples) {
  // Packaging takes 8 s and installing VS Code half a minute, in processes of their own: both at once.
  const packaging = packageNow();
  const host = new Host(HOME, { port: Number(values.port ?? PORT) });
  host.install(await packaging, extensionId());
  await host.start();
  const url = host.url(samples, [['openFile', host.uri(firstToShow(samples))]]);
  console.log(`\nVS Code with Doubletake runs at\n  ${url}`);
  console.log(`The rollouts are copies in ${samples}: what you label there is kept. Ctrl-C ends it.`);
  if (!values['no-open']) openBrowser(url);
}

async function startDesktop(samples) {
  const code = desktopCommand();
  const own = [
    '--user-data-dir',
    join(HOME, 'desktop-data'),
    '--extensions-dir',
    join(HOME, 'desktop-extensions'),
  ];
  const vsix = await packageNow();
  runCode(code, [...own, '--install-extension', vsix, '--force']);
  runCode(code, [...own, '--new-window', samples, firstToShow(samples)]);
  console.log(`${code} shows ${samples}, with settings and extensions of its own that leave yours alone.`);
}

async function packageNow() {
  if (values.vsix) return resolve(values.vsix);
  const script = join(ROOT, 'scripts', 'package.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--out', CACHE]);
  return stdout.trim();
}

function desktopCommand() {
  const mac = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
  const found = ['code', 'code-insiders', 'codium', mac].find(answersVersion);
  if (found) return found;
  throw new Error(
    'no desktop VS Code was found: install it from https://code.visualstudio.com, put its `code` command on the PATH ' +
      '(in VS Code: F1, "Shell Command: Install \'code\' command in PATH"), or use npm start for VS Code in the browser',
  );
}

const answersVersion = command => spawnSync(quoted(command), ['--version'], onPlatform()).status === 0;

function runCode(command, args) {
  const { status } = spawnSync(quoted(command), args.map(quoted), {
    ...onPlatform(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: look at the lines above`);
}

// On Windows `code` is a batch file, which needs a shell, and a shell needs quotes.
const onPlatform = () => ({ shell: process.platform === 'win32' });
const quoted = text => (process.platform === 'win32' ? `"${text}"` : text);

/** A writable copy of samples/, to which only files that are not there yet are added. */
function copySamples() {
  const from = join(ROOT, 'samples');
  if (!existsSync(from)) throw new Error('samples/ is not there: run node scripts/make-samples.mjs first');
  const to = join(HOME, 'samples');
  mkdirSync(to, { recursive: true });
  cpSync(from, to, { recursive: true, force: false });
  return to;
}

/** The rollout with the most backtracking. */
function firstToShow(samples) {
  const folder = join(samples, 'rollouts');
  const count = ann => readFileSync(join(folder, ann), 'utf8').split('\tbacktracking ').length;
  const [best] = readdirSync(folder)
    .filter(name => name.endsWith('.rollout.ann'))
    .sort((a, b) => count(b) - count(a));
  return join(folder, best.replace(/\.ann$/, '.txt'));
}

function openBrowser(url) {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return;
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  // No opener, no harm: the address stands above.
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
