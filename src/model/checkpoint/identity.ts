import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type ModelConfig, readConfig } from './config';
import { locateWeights } from './weights';

/** Who a model is: enough to refuse a vector that belongs to another. */
export interface ModelIdentity {
  /** The folder's last name. */
  name: string;
  /** Config and weights; a sample of the weights, so that an 8B model is known in milliseconds. */
  hash: string;
  /** Architecture, width, depth and vocabulary: what a base model shares with its reasoning finetune. */
  familyHash: string;
  dModel: number;
  layers: number;
  maxPositions: number;
}

const SAMPLES_PER_FILE = 64;
const SAMPLE_BYTES = 16 << 10;

/** Identifies the model in a folder; throws a UserError if there is none. */
export function identify(folder: string): ModelIdentity {
  const sampling = new Sampling(folder);
  for (const file of sampling.files) {
    const descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    sampling.begin(size);
    for (const at of places(size)) sampling.add(readSync(descriptor, sampling.buffer, 0, SAMPLE_BYTES, at));
    closeSync(descriptor);
  }
  return sampling.identity();
}

/** As `identify`, without waiting for the disk in an editor's event loop. */
export async function identifyLater(folder: string): Promise<ModelIdentity> {
  const sampling = new Sampling(folder);
  for (const file of sampling.files) {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      sampling.begin(size);
      for (const at of places(size))
        sampling.add((await handle.read(sampling.buffer, 0, SAMPLE_BYTES, at)).bytesRead);
    } finally {
      await handle.close();
    }
  }
  return sampling.identity();
}

function* places(size: number): Generator<number> {
  for (let i = 0; i < SAMPLES_PER_FILE; i++) yield Math.floor((i / SAMPLES_PER_FILE) * size);
}

/** Config and samples of the weights, hashed in their order. */
class Sampling {
  readonly buffer = Buffer.alloc(SAMPLE_BYTES);
  readonly files: Set<string>;
  private readonly config: ModelConfig;
  private readonly hash = createHash('sha256');

  constructor(private readonly folder: string) {
    this.config = readConfig(folder);
    this.hash.update(readFileSync(join(folder, 'config.json')));
    this.files = new Set([...locateWeights(folder).values()].map(entry => entry.file));
  }

  /** A file of this size comes next. */
  begin(size: number): void {
    this.hash.update(`\0${size}\0`);
  }

  /** Takes what was read into the buffer. */
  add(bytes: number): void {
    this.hash.update(this.buffer.subarray(0, bytes));
  }

  identity(): ModelIdentity {
    const { architectureName, dModel, layers, heads, kvHeads, headDim, vocabulary, maxPositions } =
      this.config;
    const family = [architectureName, dModel, layers, heads, kvHeads, headDim, vocabulary].join(' ');
    return {
      name: basename(resolve(this.folder)),
      hash: this.hash.digest('hex').slice(0, 32),
      familyHash: createHash('sha256').update(family).digest('hex').slice(0, 32),
      dModel,
      layers,
      maxPositions,
    };
  }
}
