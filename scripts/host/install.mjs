// A real VS Code that needs no download from Microsoft: code-server from npm, with the Node it runs on, in a folder of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOST_FOLDER, OLDEST_HOST_FOLDER } from './paths.mjs';

// Each code-server refuses every other major version of Node.
const HOSTS = {
  newest: { folder: HOST_FOLDER, nodeMajor: 24 },
  oldest: { folder: OLDEST_HOST_FOLDER, nodeMajor: 20 },
};

/**
 * Installs a host if it is missing or stale and returns how to run it: `newest`, or the `oldest` that the extension supports.
 * Throws an Error that says what to do where it cannot run.
 */
export function installHost(which = 'newest') {
  refuseWindows();
  const { folder } = HOSTS[which];
  const codeServer = join(folder, 'node_modules', 'code-server');
  const entry = join(codeServer, 'out', 'node', 'entry.js');
  const stamp = join(folder, 'node_modules', '.doubletake-host');
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.log('Installing a VS Code for the browser (about 800 MB, half a minute; once) …');
    rmSync(stamp, { force: true });
    npm(folder, ['ci']);
    // The workbench has packages of its own; its shrinkwrap files do not fit `npm ci`.
    const workbench = join(codeServer, 'lib', 'vscode');
    for (const inner of [workbench, join(workbench, 'extensions')]) npm(inner, ['install', '--omit=dev']);
    checkRuns(hostNode(which), entry);
    writeFileSync(stamp, lock);
  }
  if (which === 'oldest') bringSearch(codeServer);
  return { node: hostNode(which), entry };
}

/** The oldest host's search is a download of its install script; the newest brings the same program in a package. */
function bringSearch(codeServer) {
  const packages = join('lib', 'vscode', 'node_modules', '@vscode');
  const missing = join(codeServer, packages, 'ripgrep', 'bin', 'rg');
  if (existsSync(missing)) return;
  installHost('newest');
  const newest = join(HOST_FOLDER, 'node_modules', 'code-server', packages);
  mkdirSync(dirname(missing), { recursive: true });
  copyFileSync(
    join(newest, 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`, 'rg'),
    missing,
  );
  chmodSync(missing, 0o755);
}

/** The Node that runs the host: the one from npm on Linux, else this one if it fits. */
function hostNode(which) {
  const { folder, nodeMajor } = HOSTS[which];
  const packed = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packed)) return packed;
  if (Number(process.versions.node.split('.')[0]) === nodeMajor) return process.execPath;
  throw new Error(
    `the VS Code for the browser needs Node ${nodeMajor} on ${process.platform} ${process.arch}, and this is Node ` +
      `${process.versions.node}: run the same command under Node ${nodeMajor}, or npm start -- --desktop`,
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
    execFileSync(
      'npm',
      [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'],
      {
        cwd,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  } catch (error) {
    throw new Error(
      `npm could not install the VS Code for the browser in ${cwd} (${error.message.split('\n')[0]}): it needs an npm ` +
        'registry and 1 GB of disk; look at the lines above, then run the same command again',
    );
  }
}

function checkRuns(node, entry) {
  const { status, stderr } = spawnSync(node, [entry, '--config', devNull(), '--version'], {
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`the VS Code for the browser was installed but does not start: ${stderr}`);
}

/** code-server would otherwise write a configuration file into the home folder. */
export const devNull = () => '/dev/null';
