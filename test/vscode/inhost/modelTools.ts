import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ModelStatus, Which } from '../../../src/editor/models/modelPair';
import { extension } from './extension';

/** What the extension knows of a model. */
export const model = (which: Which = 'reasoning'): ModelStatus => extension().exports.model(which);

/** The folder of a model that comes with the extension. */
export const bundled = (which: Which) => join(extension().extensionPath, 'models', which);

/** Sets a setting of the machine; undefined takes it away. */
export const configure = (id: string, value: unknown) =>
  vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);

/** Hands `use` a copy of the bundled reasoning model, and removes it afterwards. */
export async function withCopy<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'doubletake-model-'));
  const folder = join(home, 'copied');
  cpSync(bundled('reasoning'), folder, { recursive: true });
  try {
    return await use(folder);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Adds tokens and merges to a folder's tokenizer.json, up to these numbers; it spells as before. */
export function growTokenizer(folder: string, tokens: number, merges: number): void {
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(readFileSync(path, 'utf8'));
  const { vocab, merges: pairs } = json.model;
  const names: string[] = [];
  let next = Math.max(...Object.values<number>(vocab), ...json.added_tokens.map((t: { id: number }) => t.id));
  while (Object.keys(vocab).length + names.length < tokens) names.push(`Ġgrown${(++next).toString(36)}`);
  for (const [i, name] of names.entries()) vocab[name] = next - names.length + 1 + i;
  // Pairs that no text has: what counts is that they are read and kept.
  for (let i = 0; pairs.length < merges; i++)
    pairs.push([names[i % names.length], names[(7 * i + Math.floor(i / names.length)) % names.length]]);
  writeFileSync(path, JSON.stringify(json));
}

/** Ids of the processes that run models: children of this extension host. */
export function modelProcesses(): number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .map(line => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter(found => found?.[2] === String(process.pid) && found[3].includes('modelProcess.js'))
    .map(found => Number(found![1]));
}

/** Ends every model, so that a test begins with none. */
export async function closeModels(): Promise<void> {
  for (const which of ['base', 'reasoning'] as const)
    if (model(which).state !== 'closed')
      await vscode.commands.executeCommand('doubletake.closeModel', { which });
}
