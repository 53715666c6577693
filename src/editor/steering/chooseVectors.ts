import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { ModelIdentity } from '../../model/checkpoint/identity';
import type { SteeringSet } from './steeringSet';
import { describeVectorFile, findVectorFiles } from './vectorFiles';

/** Asks which of the workspace's vector files take part in steering, those of the set checked; false if the person gives up. */
export async function chooseVectors(set: SteeringSet, model: ModelIdentity): Promise<boolean> {
  const files = await findVectorFiles();
  const entry = (path: string) => set.entries.find(known => known.path === path);
  const items = files.map(file => {
    const { label, description, detail } = describeVectorFile(file);
    const weight = entry(file.path)?.weight ?? 1;
    return {
      label,
      description: weight === 1 ? description : `${description} · weight ${weight}`,
      detail,
      path: file.path,
      picked: entry(file.path)?.enabled ?? false,
    };
  });
  // Of the set, but outside the workspace.
  for (const { path, enabled } of set.entries)
    if (!files.some(file => file.path === path))
      items.push({ label: basename(path), description: path, detail: '', path, picked: enabled });
  if (items.length === 0) {
    throw new UserError(
      'There is no vector file in this workspace. Compute one first: Compute Vector from Rollouts.',
    );
  }
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: 'Vectors',
    placeHolder: `Added together to the residual stream of ${model.name}, each times its weight and the strength`,
    ignoreFocusOut: true,
  });
  if (!picked || picked.length === 0) return false;
  for (const { path } of items) {
    const enabled = picked.some(item => item.path === path);
    if (enabled && !entry(path)) await set.add(path);
    if (entry(path) && entry(path)!.enabled !== enabled) await set.change(path, { enabled });
  }
  return true;
}
