import { UserError } from '../core/errors';
import {
  checkVectorFits,
  describeVector,
  isVectorMetadata,
  parseVectorMetadata,
  type VectorMetadata,
  type VectorTarget,
} from '../core/vectorMetadata';
import { atomicWrite } from './atomicWrite';
import { encodeSafetensors, readFloat32, readSafetensorsHeader } from './safetensors';

/** A steering vector read from a file: float32 [d], and what the file says of itself (null for a bare tensor). */
export interface StoredVector {
  vector: Float32Array;
  metadata: VectorMetadata | null;
}

/** Writes a self-describing vector: one float32 tensor `vector` [d]. */
export async function writeVector(
  path: string,
  vector: Float32Array,
  metadata: VectorMetadata,
): Promise<void> {
  const tensors = { vector: { dtype: 'F32' as const, shape: [vector.length], data: vector } };
  await atomicWrite(path, encodeSafetensors(tensors, describeVector(metadata)));
}

/** Reads a vector file, ours or a bare one with a single float tensor [d] (or [1,d]). */
export function readVector(path: string): StoredVector {
  const { tensors, metadata } = readSafetensorsHeader(path);
  if (tensors.size !== 1) {
    throw new UserError(
      `${path} holds ${tensors.size} tensors; a vector file holds one (${[...tensors.keys()].slice(0, 4).join(', ')}).`,
    );
  }
  const [entry] = tensors.values();
  const sizes = entry.shape.filter(n => n !== 1);
  if (sizes.length !== 1) {
    throw new UserError(
      `${path}: the tensor ${entry.name} has shape [${entry.shape}]; a vector of shape [d] is needed.`,
    );
  }
  const vector = readFloat32(entry);
  const bad = vector.findIndex(value => !Number.isFinite(value));
  if (bad >= 0)
    throw new UserError(`${path}: element ${bad} of the vector is NaN or infinite; compute it again.`);
  return { vector, metadata: isVectorMetadata(metadata) ? parseVectorMetadata(metadata) : null };
}

/** The vector and its layer for a model; throws a UserError with the reason if they do not belong together. */
export function vectorFor(
  path: string,
  target: VectorTarget,
  layer?: number,
): { vector: Float32Array; layer: number } {
  const { vector, metadata } = readVector(path);
  if (metadata) checkVectorFits(metadata, target);
  const chosen = layer ?? metadata?.layer;
  if (chosen === undefined) {
    throw new UserError(`${path} does not say which layer it belongs to; give it with --layer.`);
  }
  if (!(Number.isInteger(chosen) && chosen >= 0 && chosen < target.layers)) {
    throw new UserError(
      `Layer ${chosen} does not exist: ${target.name} has layers 0 to ${target.layers - 1}.`,
    );
  }
  if (vector.length !== target.dModel) {
    throw new UserError(
      `${path} has ${vector.length} numbers where the residual stream of ${target.name} has ${target.dModel}: it belongs to another model.`,
    );
  }
  return { vector, layer: chosen };
}
