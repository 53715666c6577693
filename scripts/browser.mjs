// Finds a Chrome or Chromium for the tests, or gets one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { HOST_FOLDER } from './host/paths.mjs';

const ON_PATH = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'msedge',
];
const DOWNLOAD_LIMIT_MS = 180_000;

/** Path of a browser that starts: $CHROME_PATH, one on the PATH or where installers put it, else one that it gets now. */
export function findBrowser() {
  return process.env.CHROME_PATH ?? installed() ?? downloaded() ?? fromDebian() ?? fail();
}

function installed() {
  const named = process.platform === 'win32' ? ON_PATH.map(name => `${name}.exe`) : ON_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    ...named.flatMap(name => folders.map(folder => join(folder, name))),
    ...whereInstallersPutIt(),
  ];
  return candidates.find(path => existsSync(path) && starts(path));
}

function whereInstallersPutIt() {
  const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
  if (process.platform === 'darwin') return apps.map(app => `/Applications/${app}.app/Contents/MacOS/${app}`);
  const folders = [
    process.env.PROGRAMFILES,
    process.env['PROGRAMFILES(X86)'],
    process.env.LOCALAPPDATA,
  ].filter(Boolean);
  const tails = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
  return process.platform === 'win32' ? folders.flatMap(folder => tails.map(tail => join(folder, tail))) : [];
}

// Ubuntu's chromium-browser may be a script that only says to install a snap. Chrome on Windows has no --version.
function starts(path) {
  return process.platform === 'win32' || spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

function downloaded() {
  const require = createRequire(join(HOST_FOLDER, 'package.json'));
  const { chromium } = require('playwright-core');
  if (existsSync(chromium.executablePath()) && starts(chromium.executablePath()))
    return chromium.executablePath();
  console.log('No Chrome or Chromium here: trying playwright’s download …');
  const cli = join(HOST_FOLDER, 'node_modules', 'playwright-core', 'cli.js');
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { timeout: DOWNLOAD_LIMIT_MS, stdio: 'ignore' });
  return existsSync(chromium.executablePath()) && starts(chromium.executablePath())
    ? chromium.executablePath()
    : undefined;
}

function fromDebian() {
  if (
    process.platform !== 'linux' ||
    process.getuid() !== 0 ||
    spawnSync('apt-get', ['--version']).status !== 0
  )
    return;
  console.log('Trying the system’s package manager (apt-get install chromium) …');
  const apt = args =>
    spawnSync('apt-get', args, {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt(['update', '-qq']);
  apt(['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
  return installed();
}

function fail() {
  const command = {
    linux: 'sudo apt-get install -y chromium fonts-dejavu-core   (or your distribution’s chromium package)',
    darwin: 'brew install --cask google-chrome',
    win32: 'winget install Google.Chrome',
  }[process.platform];
  throw new Error(
    `the tests need a Chrome or Chromium and none could be found or downloaded. Type:\n  ${command}\nor set CHROME_PATH to the one you have`,
  );
}
