import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { readFloat32, readSafetensorsHeader } from '../../files/safetensors';
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
export function asFloat32(weights: Weights, progress?: (done: number, total: number) => void): Weights {
  const entries = [...weights.values()];
  if (entries.every(entry => entry.dtype === 'F32')) return weights;
  const path = join(cacheFolder(), 'float32', `${fingerprint(weights)}.safetensors`);
  if (!existsSync(path)) convert(weights, path, progress);
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

function convert(weights: Weights, path: string, progress?: (done: number, total: number) => void): void {
  const incomplete = `${path}.${process.pid}.incomplete`;
  let descriptor: number | undefined;
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    descriptor = openSync(incomplete, 'w');
    const header: Record<string, unknown> = {};
    let offset = 0;
    for (const [name, entry] of weights) {
      const bytes = entry.shape.reduce((a, b) => a * b, 4);
      header[name] = { dtype: 'F32', shape: entry.shape, data_offsets: [offset, (offset += bytes)] };
    }
    const json = Buffer.from(JSON.stringify(header));
    const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    writeAll(descriptor, length);
    writeAll(descriptor, padded);
    let done = 0;
    for (const entry of weights.values()) {
      const values = readFloat32(entry);
      writeAll(descriptor, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      progress?.((done += values.byteLength), offset);
    }
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(incomplete, path);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(incomplete, { force: true });
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOSPC' ? 'the disk is full' : (error as Error).message;
    throw new UserError(`The float32 copy ${path} cannot be written: ${why}. Free some space or set DOUBLETAKE_CACHE to a folder with room.`);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, 1 << 30));
  }
}
