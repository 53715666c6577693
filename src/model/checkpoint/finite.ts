import { UserError } from '../../core/errors';
import { readFloat32, type TensorEntry } from '../../files/safetensors';
import type { Weights } from './weights';

/** Index of the first NaN or infinite value, or -1. */
export function firstNonFinite(values: Float32Array): number {
  // Sums of finite numbers stay finite in float64, so one test a block of 4096 is enough to clear it.
  for (let block = 0; block < values.length; block += 4096) {
    const end = Math.min(block + 4096, values.length);
    let sum = 0;
    for (let i = block; i < end; i++) sum += values[i];
    if (Number.isFinite(sum)) continue;
    for (let i = block; i < end; i++) if (!Number.isFinite(values[i])) return i;
  }
  return -1;
}

/** Throws a UserError naming the first tensor that holds a NaN or infinite value. */
export function requireFinite(weights: Weights): void {
  for (const entry of weights.values()) requireFiniteTensor(entry, readFloat32(entry));
}

/** Throws a UserError that names the tensor if one of its values is NaN or infinite. */
export function requireFiniteTensor(entry: TensorEntry, values: Float32Array): void {
  const at = firstNonFinite(values);
  if (at < 0) return;
  throw new UserError(
    `${entry.file}: the tensor ${entry.name} holds a NaN or infinite value (element ${at}). The checkpoint is damaged; copy or download it again.`,
  );
}

/** Bytes of a checkpoint. */
export function totalBytes(weights: Weights): number {
  let bytes = 0;
  for (const entry of weights.values()) bytes += entry.bytes;
  return bytes;
}
