import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors';

const INDEX = 'model.safetensors.index.json';
const SINGLE = 'model.safetensors';
// The header of an 8B model's shard has 30 kB; a longer one is no safetensors file, and the engine says so.
const LONGEST_HEADER = 50_000_000;

/** A weight file that a folder should hold: bytes that are there, and that should be, as far as is known. */
export interface WeightFile {
  name: string;
  /** 0: it is missing. */
  there: number;
  /** By the file's own header. */
  whole?: number;
}

/** A folder that can be opened, as lists show it. */
export interface ModelFolder {
  folder: string;
  /** `architectures[0]` of config.json. */
  architecture: string;
  /** Of the weights. */
  bytes: number;
}

/**
 * Looks whether a folder holds a whole model, without reading its weights. Throws a UserError that names all that is missing
 * or cut short, as in a folder that is still being copied or downloaded.
 */
export async function inspectModelFolder(folder: string): Promise<ModelFolder> {
  const entry = await stat(folder).catch(() => undefined);
  if (!entry) throw new UserError(`${folder} does not exist. Choose another model folder.`);
  if (!entry.isDirectory())
    throw new UserError(`${folder} is a file. Choose the folder that holds config.json.`);
  const config = await readJson(join(folder, 'config.json'));
  const tokenizer = await size(join(folder, 'tokenizer.json'));
  const weights = await weightFiles(folder);
  const missing = [
    config === undefined && 'config.json',
    tokenizer === undefined && 'tokenizer.json',
    weights === undefined && `the weights (${SINGLE}, or ${INDEX} with its shards)`,
  ].filter(name => name !== false);
  if (missing.length === 3)
    throw new UserError(
      `${folder} is not a model folder: it holds neither config.json nor tokenizer.json nor *.safetensors.`,
    );
  const faults = [
    ...(missing.length
      ? [`${missing.join(' and ')} ${missing.length > 1 || !weights ? 'are' : 'is'} missing`]
      : []),
    ...(weights ? weightFaults(weights.files, weights.total) : []),
  ];
  if (faults.length)
    throw new UserError(`${folder} is not whole: ${faults.join('; ')}. Copy or download the rest.`);
  const [architecture] = [(config as { architectures?: unknown }).architectures].flat();
  return {
    folder,
    architecture: String(architecture ?? 'unknown architecture'),
    bytes: weights!.files.reduce((sum, { there }) => sum + there, 0),
  };
}

/** What is wrong with weight files, and how much of `total` (the index's sum) is there; empty if nothing is. */
export function weightFaults(files: readonly WeightFile[], total?: number): string[] {
  const absent = files.filter(({ there }) => there === 0);
  const short = files.filter(({ there, whole = 0 }) => there > 0 && there < whole);
  if (absent.length + short.length === 0) return [];
  const sum = (of: (file: WeightFile) => number) => files.reduce((bytes, file) => bytes + of(file), 0);
  const there = sum(file => file.there);
  const whole = total ?? (absent.length ? undefined : sum(file => file.whole ?? file.there));
  return [
    ...named(absent, 'missing', files.length),
    ...named(short, 'cut short', files.length),
    `${formatBytes(there)}${whole === undefined ? '' : ` of ${formatBytes(whole)}`} there`,
  ];
}

function named(files: readonly WeightFile[], fault: string, all: number): string[] {
  if (files.length === 0) return [];
  if (files.length === 1) return [`${files[0].name} is ${fault}`];
  return [`${files[0].name} and ${files.length - 1} more of ${all} files are ${fault}`];
}

/** Bytes in decimal units, as file managers and Hugging Face show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The weight files by the index, else the single one; undefined if there is neither. */
async function weightFiles(folder: string): Promise<{ files: WeightFile[]; total?: number } | undefined> {
  const index = await readJson(join(folder, INDEX));
  if (index) {
    const { weight_map, metadata } = index as Index;
    const names = [...new Set(Object.values(weight_map ?? {}))].sort();
    const total = Number(metadata?.total_size);
    const files = await Promise.all(names.map(name => weightFile(folder, name)));
    return { files, total: total > 0 ? total : undefined };
  }
  const single = await weightFile(folder, SINGLE);
  return single.there > 0 ? { files: [single] } : undefined;
}

interface Index {
  weight_map?: Record<string, string>;
  metadata?: { total_size?: unknown };
}

/** A file of a Hugging Face cache is a link; one that leads nowhere counts as missing. */
async function weightFile(folder: string, name: string): Promise<WeightFile> {
  const path = join(folder, name);
  const there = await size(path);
  return { name, there: there ?? 0, whole: there ? await wholeSize(path) : undefined };
}

/** Bytes that a safetensors file should have; undefined if it has no header of one. */
async function wholeSize(path: string): Promise<number | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const header = bytesRead < 8 ? 0 : Number(buffer.readBigUInt64LE());
    if (header < 2 || header > LONGEST_HEADER) return undefined;
    const text = Buffer.alloc(header);
    if ((await file.read(text, 0, header, 8)).bytesRead < header) return 8 + header + 1;
    const entries = Object.values(JSON.parse(text.toString('utf8')) as Record<string, TensorPlace | null>);
    return 8 + header + Math.max(0, ...entries.map(entry => entry?.data_offsets?.[1] ?? 0));
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

interface TensorPlace {
  data_offsets?: [number, number];
}

const size = (path: string) =>
  stat(path).then(
    found => (found.isFile() ? found.size : undefined),
    () => undefined,
  );

/** A JSON file's object; undefined if there is none. One that is no JSON is for the engine to name. */
async function readJson(path: string): Promise<object | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
