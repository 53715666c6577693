import { join } from 'node:path';
import { readFloat32, readSafetensorsHeader, readTensorBytes } from '../../src/files/safetensors';
import { ModelProcess } from '../../src/model/modelProcess';

/** The project's folder. */
export const ROOT = join(__dirname, '..', '..');
/** The bundled models. */
export const REASONING = join(ROOT, 'models', 'reasoning');
export const BASE = join(ROOT, 'models', 'base');
/** The bundled engine process, as the product starts it. */
export const PROCESS_SCRIPT = join(ROOT, 'dist', 'modelProcess.js');
export const CLI = join(ROOT, 'dist', 'cli.js');

/** Starts the engine process on a model folder. */
export function startModel(folder: string): Promise<ModelProcess> {
  return ModelProcess.start({ folder, script: PROCESS_SCRIPT });
}

/** The tensors of a safetensors file by name. */
export class Tensors {
  private readonly header;

  constructor(path: string) {
    this.header = readSafetensorsHeader(path);
  }

  get metadata(): Record<string, string> {
    return this.header.metadata;
  }

  get names(): string[] {
    return [...this.header.tensors.keys()];
  }

  shape(name: string): number[] {
    return this.header.tensors.get(name)!.shape;
  }

  floats(name: string): Float32Array {
    return readFloat32(this.header.tensors.get(name)!);
  }

  integers(name: string): number[] {
    const bytes = readTensorBytes(this.header.tensors.get(name)!);
    return Array.from(new BigInt64Array(bytes.buffer), Number);
  }
}

/** Largest |a − b| over the largest |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    if (Number.isNaN(a[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return difference / largest;
}
