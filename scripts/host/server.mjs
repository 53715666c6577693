// Runs the VS Code for the browser on 127.0.0.1 and stops it again, whatever happens.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { devNull, installHost } from './install.mjs';
import { quietSettings } from './settings.mjs';

const START_LIMIT_MS = 60_000;
const running = new Set();

/**
 * A VS Code with its state in `home`: `install` an extension, `start` it, open its pages, `stop` it. Options:
 * - `which`: the `newest`, or the `oldest` that the extension supports
 * - `env`: added to its environment, which the extension host inherits
 * - `testDriver`: pages may run extension tests
 * - `trust`: workspace trust is on, so that folders begin untrusted
 * - `port`: the one to take if it is free
 * - `settings`: user settings that are written if there are none yet
 */
export class Host {
  constructor(
    home,
    { env = {}, testDriver = false, trust = false, port = 0, settings = {}, which = 'newest' } = {},
  ) {
    // The oldest runs extension tests without a flag, and refuses one that it does not know.
    Object.assign(this, { home, port, testDriver: testDriver && which === 'newest', trust });
    Object.assign(this, installHost(which));
    this.userData = join(home, 'user-data');
    this.extensions = join(home, 'extensions');
    this.env = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', HOME: home, ...env };
    // An integrated terminal of another VS Code leaves variables that would confuse this one.
    for (const key of Object.keys(this.env))
      if (/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(key)) delete this.env[key];
    mkdirSync(join(this.userData, 'User'), { recursive: true });
    mkdirSync(this.extensions, { recursive: true });
    const path = join(this.userData, 'User', 'settings.json');
    if (!existsSync(path)) writeFileSync(path, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  }

  /** Installs a packaged extension and returns the folder it was unpacked to. */
  install(vsix, id) {
    const { status, stdout, stderr } = spawnSync(
      this.node,
      [...this.#base(), '--install-extension', vsix, '--force'],
      {
        env: this.env,
        encoding: 'utf8',
      },
    );
    const installed = () => JSON.parse(readFileSync(join(this.extensions, 'extensions.json'), 'utf8'));
    const folder =
      status === 0 && installed().find(({ identifier }) => identifier.id === id)?.relativeLocation;
    if (!folder) throw new Error(`VS Code could not install ${vsix}:\n${stdout}${stderr}`);
    return join(this.extensions, folder);
  }

  /** Starts the server and resolves when it answers. */
  async start() {
    this.port = await freePort(this.port).catch(() => freePort(0));
    this.log = join(this.home, 'server.log');
    const log = openSync(this.log, 'w');
    this.process = spawn(this.node, [...this.#base(), ...this.#serverArguments()], {
      env: this.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    running.add(this);
    stopAllOnExit();
    await this.#answers();
    return this;
  }

  /** Address of a page on `folder`; `payload` is a list of [key, value] that the workbench understands. */
  url(folder, payload = []) {
    const query = new URLSearchParams({ folder });
    if (payload.length) query.set('payload', JSON.stringify(payload));
    return `http://127.0.0.1:${this.port}/?${query}`;
  }

  /** How the workbench names a file of this machine. */
  uri = path => `vscode-remote://127.0.0.1:${this.port}${path}`;

  /** Ends the server and everything it started. */
  stop() {
    if (!running.delete(this)) return;
    try {
      process.kill(-this.process.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  }

  #base = () => [
    this.entry,
    ...['--config', devNull(), '--user-data-dir', this.userData, '--extensions-dir', this.extensions],
  ];

  #serverArguments() {
    const quiet = [
      '--auth',
      'none',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
    ];
    const driver = this.testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
    const trust = this.trust ? [] : ['--disable-workspace-trust'];
    return ['--bind-addr', `127.0.0.1:${this.port}`, ...quiet, ...trust, ...driver];
  }

  async #answers() {
    const deadline = Date.now() + START_LIMIT_MS;
    while (this.process.exitCode === null && Date.now() < deadline) {
      const healthy = await fetch(`http://127.0.0.1:${this.port}/healthz`).then(
        r => r.ok,
        () => false,
      );
      if (healthy) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    const said = readFileSync(this.log, 'utf8').slice(-2000);
    this.stop();
    throw new Error(`VS Code did not answer on port ${this.port}:\n${said}`);
  }
}

let armed = false;
function stopAllOnExit() {
  if (armed) return;
  armed = true;
  process.on('exit', () => {
    for (const host of running) host.stop();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
}

function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
