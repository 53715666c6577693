import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { askPick, type Place, type Turn } from '../questions';
import { freeName } from '../steering/completionName';
import { describeVectorFile, readVectorFile } from '../steering/vectorFiles';

const ENDING = '.safetensors';

/** Asks where a vector goes: a new file in the folder's `vectors`, over the one of that name, or another place. */
export async function askVectorFile(
  place: Place,
  folder: string,
  name: string,
  onPath: (path: string) => void,
): Promise<Turn> {
  const home = join(folder, 'vectors');
  const names = (await readdir(home).catch(() => [] as string[])).map(file => file.replace(ENDING, ''));
  const free = freeName(name, names);
  const pathOf = (stem: string) => join(home, stem + ENDING);
  const item = (stem: string, detail: string) => ({
    label: relative(folder, pathOf(stem)),
    detail,
    path: pathOf(stem),
  });
  const there = free === name ? undefined : readVectorFile(pathOf(name));
  const over = there && 'metadata' in there ? describeVectorFile(there).detail : 'no vector of ours';
  const items: { label: string; detail: string; path?: string }[] = [
    item(free, 'A new file'),
    ...(free === name ? [] : [item(name, `Overwrites what is there: ${over}`)]),
    { label: 'Another place…', detail: 'Anywhere on this machine' },
  ];
  let picked: string | undefined;
  const turn = await askPick(place, {
    placeholder: 'Where should the vector be saved?',
    items,
    onPick: ({ path }) => {
      picked = path;
    },
  });
  if (turn !== 'next') return turn;
  picked ??= (
    await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(folder, free + ENDING)),
      filters: { 'Steering vectors': [ENDING.slice(1)] },
    })
  )?.fsPath;
  // Closed without a place: the question stands again.
  if (picked === undefined) return askVectorFile(place, folder, name, onPath);
  onPath(picked);
  return turn;
}
