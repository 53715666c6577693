import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../core/errors';

/** Element types of the safetensors format that Doubletake reads. */
export type Dtype =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U8'
  | 'BOOL'
  | (string & {});

/** Where one tensor lies: `offset` and `bytes` count from the start of the file. */
export interface TensorEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  file: string;
  offset: number;
  bytes: number;
}

/** The parsed header of one safetensors file. */
export interface SafetensorsHeader {
  tensors: Map<string, TensorEntry>;
  metadata: Record<string, string>;
}

/** A tensor to be written, or one read into memory. */
export interface NamedTensor {
  dtype: 'F32' | 'I64';
  shape: number[];
  data: Float32Array | BigInt64Array;
}

const BYTES_PER_ELEMENT: Record<string, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

// The format's own limit; a longer header is a file of another kind read as safetensors.
const LONGEST_HEADER = 100_000_000;

/** Reads the header of a safetensors file; throws a UserError if it is damaged, cut short or of another kind. */
export function readSafetensorsHeader(file: string): SafetensorsHeader {
  const descriptor = openForReading(file);
  try {
    const size = fstatSync(descriptor).size;
    const lengthBytes = Buffer.alloc(8);
    if (readSync(descriptor, lengthBytes, 0, 8, 0) < 8) throw damaged(file, 'it is shorter than 8 bytes');
    const headerLength = Number(lengthBytes.readBigUInt64LE());
    if (headerLength < 2 || headerLength > LONGEST_HEADER || 8 + headerLength > size) {
      throw damaged(file, 'its header is not a safetensors header, or the file was cut short');
    }
    const headerBytes = Buffer.alloc(headerLength);
    readSync(descriptor, headerBytes, 0, headerLength, 8);
    return parseHeader(file, headerBytes, 8 + headerLength, size);
  } finally {
    closeSync(descriptor);
  }
}

function parseHeader(file: string, header: Buffer, dataStart: number, size: number): SafetensorsHeader {
  let json: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  try {
    json = JSON.parse(header.toString('utf8'));
  } catch {
    throw damaged(file, 'its header is not JSON');
  }
  if (typeof json !== 'object' || json === null) throw damaged(file, 'its header is not a JSON object');
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(json)) {
    if (name === '__metadata__') {
      metadata = entry as unknown as Record<string, string>;
      continue;
    }
    const [begin, end] = entry?.data_offsets ?? [];
    if (!Array.isArray(entry?.shape) || !(begin >= 0) || !(end >= begin)) {
      throw damaged(file, `the header's entry of ${name} is malformed`);
    }
    const width = BYTES_PER_ELEMENT[entry.dtype];
    const expected = width === undefined ? end - begin : entry.shape.reduce((a, b) => a * b, width);
    if (expected !== end - begin) {
      throw damaged(file, `${name} has ${end - begin} bytes where its shape needs ${expected}`);
    }
    if (dataStart + end > size) {
      const missing = dataStart + end - size;
      throw damaged(file, `${name} reaches ${missing} bytes beyond its end (an incomplete download?)`);
    }
    tensors.set(name, {
      name,
      dtype: entry.dtype,
      shape: entry.shape,
      file,
      offset: dataStart + begin,
      bytes: end - begin,
    });
  }
  return { tensors, metadata };
}

/** The raw bytes of a tensor. */
export function readTensorBytes(entry: TensorEntry): Uint8Array {
  const bytes = new Uint8Array(entry.bytes);
  const descriptor = openForReading(entry.file);
  try {
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(
        descriptor,
        bytes,
        done,
        Math.min(bytes.length - done, 1 << 30),
        entry.offset + done,
      );
      if (got === 0) throw damaged(entry.file, `${entry.name} is cut short`);
      done += got;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}

/** A tensor as float32, whatever floating type it is stored in; throws a UserError for integer types. */
export function readFloat32(entry: TensorEntry): Float32Array {
  return toFloat32(readTensorBytes(entry), entry.dtype, `${entry.file}, tensor ${entry.name}`);
}

/** Converts the little-endian bytes of a float32, float16, bfloat16 or float64 tensor to float32. */
export function toFloat32(bytes: Uint8Array, dtype: Dtype, name: string): Float32Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const count = aligned.byteLength / (BYTES_PER_ELEMENT[dtype] ?? 1);
  switch (dtype) {
    case 'F32':
      return new Float32Array(aligned.buffer, aligned.byteOffset, count);
    case 'F64':
      return Float32Array.from(new Float64Array(aligned.buffer, aligned.byteOffset, count));
    case 'BF16': {
      const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, count);
      const words = new Uint32Array(count);
      for (let i = 0; i < count; i++) words[i] = halves[i] << 16;
      return new Float32Array(words.buffer);
    }
    case 'F16': {
      const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, count);
      const words = new Uint32Array(count);
      const table = float16Table();
      for (let i = 0; i < count; i++) words[i] = table[halves[i]];
      return new Float32Array(words.buffer);
    }
    default:
      throw new UserError(`${name} has type ${dtype}; float32, float16, bfloat16 or float64 is needed.`);
  }
}

let halfBits: Uint32Array | undefined;

/** Bits of the float32 equal to each of the 65,536 float16 values, made once. */
function float16Table(): Uint32Array {
  if (halfBits) return halfBits;
  halfBits = new Uint32Array(65536);
  const value = new Float32Array(halfBits.buffer);
  for (let h = 0; h < 65536; h++) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 31) value[h] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) value[h] = sign * fraction * 2 ** -24;
    else value[h] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halfBits;
}

/** The start of a safetensors file whose tensors follow in this order without gaps; padded so that data begins at 8 bytes. */
export function safetensorsHeader(
  tensors: { name: string; dtype: NamedTensor['dtype']; shape: number[] }[],
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    const begin = offset;
    offset = begin + shape.reduce((a, b) => a * b, BYTES_PER_ELEMENT[dtype]);
    header[name] = { dtype, shape, data_offsets: [begin, offset] };
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, ' ');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  return Buffer.concat([length, json, padding]);
}

/** The bytes of a safetensors file that holds these tensors, in parts. */
export function encodeSafetensors(
  tensors: Record<string, NamedTensor>,
  metadata: Record<string, string> = {},
): Uint8Array[] {
  const entries = Object.entries(tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const data = Object.values(tensors).map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return [safetensorsHeader(entries, metadata), ...data];
}

function openForReading(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new UserError(`${file} does not exist.`);
    throw new UserError(`${file} cannot be read (${code}).`);
  }
}

function damaged(file: string, why: string): UserError {
  return new UserError(`${file} is not a usable safetensors file: ${why}. Copy or download it again.`);
}
