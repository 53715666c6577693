import { access, constants } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { makeFolder } from '../../files/rolloutFolder';
import { TextModel } from '../../model/textModel';
import { makeVector } from '../../study/makeVector';
import type { Display } from '../decorations/display';
import { COMMANDS, LANGUAGE } from '../ids';
import { withCancel } from '../progress';
import type { SteeringParts } from '../steering/steeringParts';
import { offerAgain } from '../steering/steeringParts';
import { readFolderWindows } from './folderWindows';
import type { Which } from './modelPair';
import { askVector, type VectorChoice, type VectorPlan } from './vectorQuestions';

const REMEMBERED = 'doubletake.lastVector';

/**
 * Computes a difference-of-means vector from the folder of the active rollout, or of one that is chosen: model, label,
 * window, layer, convention and file are asked in order. Escape leaves everything as it was.
 */
export async function computeVector(parts: SteeringParts, display: Display): Promise<void> {
  if (!vscode.workspace.isTrusted)
    throw new UserError(
      'Models are not run in a workspace that is not trusted. Trust it to compute vectors.',
    );
  const folder = await rolloutFolder();
  if (folder === undefined || !(await saveOpen(folder))) return;
  const { pair, memory } = parts;
  const plan = await askVector({
    folder,
    display,
    last: memory.get<Partial<VectorChoice>>(REMEMBERED, {}),
    modelFolder: which => pair.folder(which),
    open: async (which: Which) => {
      const model = await TextModel.load(pair.folder(which));
      return { model, found: await readFolderWindows(model, folder) };
    },
  });
  if (!plan) return;
  await memory.update(REMEMBERED, plan.choice);
  await requireWritable(dirname(plan.out));
  await compute(parts, folder, plan);
}

async function compute(parts: SteeringParts, folder: string, plan: VectorPlan): Promise<void> {
  const { choice, out } = plan;
  const model = await parts.pair.use(choice.which);
  try {
    const summary = await withCancel(
      `Reading rollouts with ${model.identity.name}`,
      async (signal, report) => {
        const onProgress = (done: number, total: number) => report(done, total, 'tokens');
        const { result } = await makeVector(model, folder, choice, out, { signal, onProgress });
        const { positives, windows, norm, splitHalfCosine } = result;
        const stability = splitHalfCosine === null ? '' : `, split-half cosine ${splitHalfCosine.toFixed(2)}`;
        return `${positives} ${choice.label} windows of ${windows}, norm ${norm.toPrecision(3)}${stability}`;
      },
    );
    if (summary === undefined) return;
    await parts.set.activate(out);
    void offerSteering(parts, out, summary);
  } catch (error) {
    void offerAgain(error, () => compute(parts, folder, plan));
  }
}

async function offerSteering({ set }: SteeringParts, out: string, summary: string): Promise<void> {
  const steer = 'Steer';
  const message = `${basename(out)} is the active vector now: ${summary}.`;
  if ((await vscode.window.showInformationMessage(message, steer)) !== steer) return;
  // To see what this vector does, not its sum with those before.
  await set.steerOnlyWith(out);
  await vscode.commands.executeCommand(COMMANDS.steerFromCursor);
}

/** The folder of the active rollout, else the workspace's only one with rollouts, else the one that is chosen. */
async function rolloutFolder(): Promise<string | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === LANGUAGE && active.uri.scheme === 'file') return dirname(active.uri.fsPath);
  const counts = new Map<string, number>();
  for (const { fsPath } of await vscode.workspace.findFiles('**/*.rollout.txt', '**/node_modules/**')) {
    const folder = dirname(fsPath);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  if (counts.size === 0) {
    throw new UserError(
      'This workspace has no rollouts (*.rollout.txt): open a folder that has some, or save this one in a folder',
    );
  }
  if (counts.size === 1) return [...counts.keys()][0];
  const items = [...counts].map(([folder, count]) => ({
    label: vscode.workspace.asRelativePath(folder),
    description: `${count} rollouts`,
    folder,
  }));
  const placeHolder = 'From which folder’s rollouts?';
  return (await vscode.window.showQuickPick(items, { placeHolder, title: 'Compute Vector' }))?.folder;
}

/** The folder is read from its files: what is open and not saved is saved first, if the person wants it so. */
async function saveOpen(folder: string): Promise<boolean> {
  // By name: labels may wait to be saved although their rollout's tab is closed.
  const dirty = vscode.workspace.textDocuments.filter(
    ({ uri, isDirty }) =>
      isDirty &&
      uri.scheme === 'file' &&
      dirname(uri.fsPath) === folder &&
      /\.rollout\.(txt|ann)$/.test(uri.path),
  );
  if (dirty.length === 0) return true;
  const save = 'Save and Go On';
  const names = dirty.map(({ uri }) => basename(uri.fsPath)).join(', ');
  const detail = 'The vector is computed from the saved files.';
  const answer = await vscode.window.showWarningMessage(
    `Save ${names} first?`,
    { modal: true, detail },
    save,
  );
  if (answer !== save) return false;
  for (const document of dirty) if (!(await document.save())) return false;
  return true;
}

/** Throws a UserError now if a folder cannot be written to, rather than after the work. */
async function requireWritable(folder: string): Promise<void> {
  await makeFolder(folder);
  await access(folder, constants.W_OK).catch(() => {
    throw new UserError(`${folder}${sep} is read-only: choose another place for the vector`);
  });
}
