import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../../files/atomicWrite';
import { makeFolder } from '../../files/rolloutFolder';
import { readFloat32, readSafetensorsHeader, safetensorsHeader } from '../../files/safetensors';
import { requireFiniteTensor } from './finite';
import type { Weights } from './weights';

/** Folder for files that can be made again: `DOUBLETAKE_CACHE`, else the user's cache folder. */
export function cacheFolder(): string {
  return (
    process.env.DOUBLETAKE_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? process.env.LOCALAPPDATA ?? join(homedir(), '.cache'), 'doubletake')
  );
}

/**
 * The same weights in float32. float32 checkpoints are used where they lie. Others are converted once into one
 * safetensors file in the cache: x64 CPUs have no 16-bit matrix product, and casting inside the graph costs twice the
 * memory or five times the time.
 */
export async function asFloat32(
  weights: Weights,
  progress?: (done: number, total: number) => void,
): Promise<Weights> {
  const entries = [...weights.values()];
  if (entries.every(entry => entry.dtype === 'F32')) return weights;
  const path = join(cacheFolder(), 'float32', `${fingerprint(weights)}.safetensors`);
  if (!existsSync(path)) {
    await makeFolder(dirname(path));
    await atomicWrite(path, convert(weights, progress));
  }
  return readSafetensorsHeader(path).tensors;
}

/** Identifies the source by file, size and time of change, so that a changed checkpoint is converted again. */
function fingerprint(weights: Weights): string {
  const hash = createHash('sha256');
  for (const file of new Set([...weights.values()].map(entry => entry.file))) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  for (const name of weights.keys()) hash.update(`${name}\0`);
  return hash.digest('hex').slice(0, 32);
}

/** The bytes of the float32 file, one tensor in memory at a time. */
function* convert(weights: Weights, progress?: (done: number, total: number) => void): Generator<Uint8Array> {
  const shapes = [...weights].map(([name, { shape }]) => ({ name, dtype: 'F32' as const, shape }));
  yield safetensorsHeader(shapes);
  let done = 0;
  const total = shapes.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 4), 0);
  for (const entry of weights.values()) {
    const values = readFloat32(entry);
    requireFiniteTensor(entry, values);
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    progress?.((done += values.byteLength), total);
  }
}
