import * as vscode from 'vscode';
import { BACKTRACKING } from '../rollout/backtrackings';
import { tallyAnn } from '../rollout/labelTally';

const { fs } = vscode.workspace;

/** What copying did: files that were there already are kept as they are. */
export interface Copied {
  copied: number;
  kept: number;
}

/** Copies a folder, on any file system; nothing that is there is overwritten. */
export async function copyMissing(from: vscode.Uri, to: vscode.Uri): Promise<Copied> {
  await fs.createDirectory(to);
  const done = { copied: 0, kept: 0 };
  for (const [name, type] of await fs.readDirectory(from)) {
    const [source, target] = [from, to].map(folder => vscode.Uri.joinPath(folder, name));
    if (type === vscode.FileType.Directory) {
      const { copied, kept } = await copyMissing(source, target);
      done.copied += copied;
      done.kept += kept;
    } else if (await copyIfMissing(source, target)) done.copied++;
    else done.kept++;
  }
  return done;
}

/** The rollout of a folder with the most backtracking; undefined if it has no rollouts. */
export async function mostBacktracking(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  let best: { name: string; count: number } | undefined;
  for (const [name] of await fs.readDirectory(folder)) {
    if (!name.endsWith('.rollout.ann')) continue;
    const ann = new TextDecoder().decode(await fs.readFile(vscode.Uri.joinPath(folder, name)));
    const count = tallyAnn(ann)[BACKTRACKING] ?? 0;
    if (!best || count > best.count) best = { name, count };
  }
  return best && vscode.Uri.joinPath(folder, best.name.replace(/\.ann$/, '.txt'));
}

async function copyIfMissing(source: vscode.Uri, target: vscode.Uri): Promise<boolean> {
  try {
    await fs.copy(source, target, { overwrite: false });
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileExists') return false;
    throw error;
  }
}
