import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { isVectorMetadata, parseVectorMetadata, type VectorMetadata } from '../../core/vectorMetadata';
import { readSafetensorsHeader } from '../../files/safetensors';

/** A vector file of the workspace and what it says of itself. */
export interface VectorFile {
  path: string;
  metadata: VectorMetadata;
}

/** More files than a person looks through. */
const MOST = 500;

/** A file that should be a vector and is none. */
export interface BrokenVectorFile {
  path: string;
  /** What is wrong, in a sentence. */
  problem: string;
}

/** Files whose headers are read before the event loop has a turn: a few milliseconds' work. */
const SLICE = 16;

/** The workspace's vector files; other safetensors files are left out. */
export async function findVectorFiles(): Promise<VectorFile[]> {
  return (await findVectors()).filter(file => 'metadata' in file);
}

/** As `findVectorFiles`, with those that are damaged; files of models are left out. By path. */
export async function findVectors(): Promise<(VectorFile | BrokenVectorFile)[]> {
  const found = await vscode.workspace.findFiles('**/*.safetensors', '**/node_modules/**', MOST);
  const paths = new Set(found.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath));
  const files: (VectorFile | BrokenVectorFile)[] = [];
  for (const [index, path] of [...paths].sort().entries()) {
    if (index % SLICE === SLICE - 1) await new Promise(resolve => setImmediate(resolve));
    const file = readVectorFile(path);
    if (file) files.push(file);
  }
  return files;
}

/** The vector file at a path, or what is wrong with it; undefined for a file of another kind, such as a model's. */
export function readVectorFile(path: string): VectorFile | BrokenVectorFile | undefined {
  try {
    const { metadata } = readSafetensorsHeader(path);
    return isVectorMetadata(metadata) ? { path, metadata: parseVectorMetadata(metadata) } : undefined;
  } catch (error) {
    // A damaged file says no more what it was; beside a config.json it was a model's.
    return existsSync(join(dirname(path), 'config.json'))
      ? undefined
      : { path, problem: (error as Error).message };
  }
}

/** The name of a vector file without its ending. */
export const vectorName = (path: string): string => basename(path).replace(/\.safetensors$/, '');

/** Provenance in two lines, as quick picks and trees show it. */
export function describeVectorFile({ path, metadata }: VectorFile): {
  label: string;
  description: string;
  detail: string;
} {
  const { label, layer, model, windowOffset, windowLength, norm, positives, splitHalfCosine } = metadata;
  const stability = splitHalfCosine === null ? '' : ` · split-half cosine ${splitHalfCosine.toFixed(2)}`;
  return {
    label: vectorName(path),
    description: `${label}, layer ${layer}, from ${model}`,
    detail: `window ${windowOffset}, ${windowLength} tokens · ${positives} windows · norm ${norm.toPrecision(3)}${stability}`,
  };
}
