import { basename } from 'node:path';
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

/** The workspace's vector files; other safetensors files are left out. */
export async function findVectorFiles(): Promise<VectorFile[]> {
  const found = await vscode.workspace.findFiles('**/*.safetensors', '**/node_modules/**', MOST);
  return found.flatMap(({ fsPath }) => vectorFileAt(fsPath) ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The vector file at a path, or undefined if there is none that describes itself. */
export function vectorFileAt(path: string): VectorFile | undefined {
  try {
    const { metadata } = readSafetensorsHeader(path);
    return isVectorMetadata(metadata) ? { path, metadata: parseVectorMetadata(metadata) } : undefined;
  } catch {
    return undefined;
  }
}

/** Provenance in two lines, as quick picks and trees show it. */
export function describeVectorFile({ path, metadata }: VectorFile): {
  label: string;
  description: string;
  detail: string;
} {
  const { label, layer, model, windowOffset, windowLength, norm, positives, splitHalfCosine } = metadata;
  const stability = splitHalfCosine === null ? '' : ` · split-half cosine ${splitHalfCosine.toFixed(2)}`;
  return {
    label: basename(path).replace(/\.safetensors$/, ''),
    description: `${label}, layer ${layer}, from ${model}`,
    detail: `window ${windowOffset}, ${windowLength} tokens · ${positives} windows · norm ${norm.toPrecision(3)}${stability}`,
  };
}
