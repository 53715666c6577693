import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readConfig } from './config';
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
  const config = readConfig(folder);
  const { architectureName, dModel, layers, heads, kvHeads, headDim, vocabulary, maxPositions } = config;
  const family = [architectureName, dModel, layers, heads, kvHeads, headDim, vocabulary].join(' ');
  const hash = createHash('sha256').update(readFileSync(join(folder, 'config.json')));
  for (const file of new Set([...locateWeights(folder).values()].map(entry => entry.file))) {
    const descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    hash.update(`\0${size}\0`);
    const sample = Buffer.alloc(SAMPLE_BYTES);
    for (let i = 0; i < SAMPLES_PER_FILE; i++) {
      const at = Math.floor((i / SAMPLES_PER_FILE) * size);
      hash.update(sample.subarray(0, readSync(descriptor, sample, 0, SAMPLE_BYTES, at)));
    }
    closeSync(descriptor);
  }
  return {
    name: basename(resolve(folder)),
    hash: hash.digest('hex').slice(0, 32),
    familyHash: createHash('sha256').update(family).digest('hex').slice(0, 32),
    dModel,
    layers,
    maxPositions,
  };
}
