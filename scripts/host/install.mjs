// A real VS Code that needs no download from Microsoft: code-server from npm, with the Node it runs on, in a folder of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST_FOLDER } from './paths.mjs';

const MODULES = join(HOST_FOLDER, 'node_modules');
const STAMP = join(MODULES, '.doubletake-host');
const ENTRY = join(MODULES, 'code-server', 'out', 'node', 'entry.js');
const WORKBENCH = join(MODULES, 'code-server', 'lib', 'vscode');
// code-server 4.139 refuses every other major version.
const HOST_NODE_MAJOR = 24;

/** Installs the host if it is missing or stale. Throws an Error that says what to do where it cannot run. */
export function installHost() {
  refuseWindows();
  const lock = createHash('sha256').update(readFileSync(join(HOST_FOLDER, 'package-lock.json'))).digest('hex');
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== lock) {
    console.log('Installing a VS Code for the browser (about 800 MB, half a minute; once) …');
    rmSync(STAMP, { force: true });
    npm(HOST_FOLDER, ['ci']);
    // The workbench has packages of its own; its shrinkwrap files do not fit `npm ci`.
    for (const folder of [WORKBENCH, join(WORKBENCH, 'extensions')]) npm(folder, ['install', '--omit=dev']);
    checkRuns();
    writeFileSync(STAMP, lock);
  }
  return { node: hostNode(), entry: ENTRY };
}

/** The Node that runs the host: the one from npm on Linux, else this one if it fits. */
export function hostNode() {
  const packed = join(MODULES, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packed)) return packed;
  if (Number(process.versions.node.split('.')[0]) === HOST_NODE_MAJOR) return process.execPath;
  throw new Error(
    `the VS Code for the browser needs Node ${HOST_NODE_MAJOR} on ${process.platform} ${process.arch}, and this is Node ` +
      `${process.versions.node}: run the same command under Node ${HOST_NODE_MAJOR}, or npm start -- --desktop`,
  );
}

function refuseWindows() {
  if (process.platform !== 'win32') return;
  throw new Error(
    'the VS Code for the browser does not run on Windows: use npm start -- --desktop, or do this inside WSL',
  );
}

function npm(cwd, args) {
  try {
    execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    throw new Error(
      `npm could not install the VS Code for the browser in ${cwd} (${error.message.split('\n')[0]}): it needs an npm ` +
        'registry and 1 GB of disk; look at the lines above, then run the same command again',
    );
  }
}

function checkRuns() {
  const { status, stderr } = spawnSync(hostNode(), [ENTRY, '--config', devNull(), '--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the VS Code for the browser was installed but does not start: ${stderr}`);
}

/** code-server would otherwise write a configuration file into the home folder. */
export const devNull = () => '/dev/null';
