import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import type { SteeringSet } from '../steering/steeringSet';
import { describeVectorFile, findVectorFiles, readVectorFile, vectorName } from '../steering/vectorFiles';
import { parseWeight } from './rows/steeringWords';

/** The commands of the Vectors and Steering Set trees. They take a row, several rows, files of the Explorer, or ask. */
export function steeringSetCommands(set: SteeringSet): Commands {
  return {
    [COMMANDS.addToSteeringSet]: async (target?: unknown, selected?: unknown) => {
      const paths = pathsIn(target, selected) ?? (await askForVectors(set));
      if (paths.length === 0) return;
      await set.place(paths.filter(isVector), (target as { before?: string } | undefined)?.before);
      const refused = paths.filter(path => !isVector(path));
      if (refused.length > 0) throw new UserError(refusal(refused[0]));
    },
    [COMMANDS.makeActiveVector]: async (target?: unknown) => {
      const [path] = pathsIn(target) ?? (await askForEntry(set, 'Which vector becomes the active one?'));
      if (path === undefined) return;
      if (!isVector(path)) throw new UserError(refusal(path));
      await set.activate(path);
    },
    [COMMANDS.removeFromSteeringSet]: async (target?: unknown, selected?: unknown) => {
      await set.remove(
        pathsIn(target, selected) ?? (await askForEntry(set, 'Which vector leaves the steering set?')),
      );
    },
    [COMMANDS.setSteeringWeight]: async (target?: unknown, weight?: unknown) => {
      const [path] = pathsIn(target) ?? (await askForEntry(set, 'Weight of which vector?'));
      const entry = set.entries.find(other => other.path === path);
      if (!entry) return;
      const value = typeof weight === 'number' ? weight : await askForWeight(path, entry.weight);
      if (value !== undefined) await set.change(path, { weight: value });
    },
    [COMMANDS.showVectorFile]: async (target?: unknown) => {
      const [path] = pathsIn(target) ?? [];
      if (path === undefined) return;
      const uri = vscode.Uri.file(path);
      const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
      await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
    },
  };
}

/** The files that a command is about: rows of a tree, URIs of the Explorer, or `{ paths }` of a drop; undefined if it was called without. */
function pathsIn(target: unknown, selected?: unknown): string[] | undefined {
  const all =
    Array.isArray(selected) && selected.length > 0 ? selected : target === undefined ? [] : [target];
  const paths = all.flatMap((one: { paths?: string[]; path?: string } | vscode.Uri) => {
    if (one instanceof vscode.Uri) return one.scheme === 'file' ? [one.fsPath] : [];
    return one.paths ?? (one.path === undefined ? [] : [one.path]);
  });
  return all.length > 0 ? paths : undefined;
}

const isVector = (path: string) => {
  const file = readVectorFile(path);
  return file !== undefined && 'metadata' in file;
};

function refusal(path: string): string {
  const file = readVectorFile(path);
  if (file && 'problem' in file) return file.problem;
  return `${basename(path)} is no vector file of Doubletake: make one with Compute Vector from Rollouts`;
}

async function askForVectors(set: SteeringSet): Promise<string[]> {
  const files = await findVectorFiles();
  const others = files.filter(({ path }) => set.entries.every(entry => entry.path !== path));
  if (files.length === 0)
    throw new UserError('There is no vector file here yet. Compute one first: Compute Vector from Rollouts');
  if (others.length === 0) throw new UserError('Every vector of this workspace is in the steering set');
  const picked = await vscode.window.showQuickPick(
    others.map(file => ({ ...describeVectorFile(file), path: file.path })),
    { canPickMany: true, placeHolder: 'Which vectors join the steering set?', matchOnDescription: true },
  );
  return picked?.map(({ path }) => path) ?? [];
}

async function askForEntry(set: SteeringSet, placeHolder: string): Promise<string[]> {
  const items = set.entries.map(({ path }) => ({ label: vectorName(path), description: path, path }));
  if (items.length === 0) throw new UserError('The steering set is empty: add a vector first');
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  return picked ? [picked.path] : [];
}

async function askForWeight(path: string, weight: number): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: `Weight of ${vectorName(path)}`,
    prompt: 'Multiplied by the strength of each steering; negative steers away, 0 leaves it without effect',
    value: String(weight),
    validateInput: text => {
      const value = parseWeight(text);
      return typeof value === 'string' ? value : undefined;
    },
  });
  if (typed === undefined) return undefined;
  const value = parseWeight(typed);
  return typeof value === 'number' ? value : undefined;
}
