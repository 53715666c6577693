import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ModelConfig, readConfig } from '../model/checkpoint/config';
import { cacheFolder } from '../model/checkpoint/float32Copy';
import type { BenchOptions, ModelName } from './options';
import { Ours } from './ours';
import { Peer, peersPython } from './peer';

const ROOT = join(__dirname, '..');
const SCRIPTS = join(ROOT, 'bench');

/** A model to measure on and how to start either side with it. */
export interface Subject {
  name: ModelName;
  folder: string;
  config: ModelConfig;
  options: BenchOptions;
  startOurs(): Promise<Ours>;
  /** undefined with --ours-only. */
  startPeer(): Promise<Peer | undefined>;
}

/** Finds a model; the random one is made once, in the cache folder. */
export function subject(name: ModelName, options: BenchOptions): Subject {
  const folder = name === 'small' ? join(ROOT, 'models', 'reasoning') : randomModel(name);
  return {
    name,
    folder,
    config: readConfig(folder),
    options,
    startOurs: () => Ours.start(folder, options.threads),
    startPeer: async () =>
      options.oursOnly ? undefined : Peer.start(join(SCRIPTS, 'peers.py'), folder, options.threads),
  };
}

function randomModel(shape: string): string {
  const folder = join(cacheFolder(), 'bench', shape);
  if (!existsSync(folder)) {
    const python = peersPython();
    process.stderr.write(`Making a random model (${shape}) in the cache folder …\n`);
    mkdirSync(dirname(folder), { recursive: true });
    execFileSync(python, [join(SCRIPTS, 'make_models.py'), shape, folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return folder;
}
