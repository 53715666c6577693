import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { copyMissing, mostBacktracking } from './sampleFiles';

const FOLDER = 'doubletake-samples';
const PROMISED = 'doubletake.showAfterOpening';
/** Milliseconds in which a window that was opened for the samples still shows one by itself. */
const FRESH = 10 * 60_000;

/** A rollout to show in the window that opens a folder next. */
interface Promised {
  rollout: string;
  folder: string;
  at: number;
}

/**
 * Copies the samples to a folder that the person chooses, never over what is there, opens it and shows the rollout with the
 * most backtracking. All of it happens where the extension runs: over Remote-SSH on the other machine.
 */
export async function openSamples(
  context: vscode.ExtensionContext,
  target = undefined as vscode.Uri | undefined,
): Promise<void> {
  const folder = target ?? (await askForFolder());
  if (!folder) return;
  try {
    await copyMissing(vscode.Uri.joinPath(context.extensionUri, 'samples'), folder);
  } catch (error) {
    throw new UserError(
      `The samples cannot be written to ${folder.fsPath}: ${(error as Error).message}. Choose another folder`,
    );
  }
  const rollout = await mostBacktracking(vscode.Uri.joinPath(folder, 'rollouts'));
  if (!rollout) throw new UserError(`${folder.fsPath} has no rollouts: choose another folder`);
  const { workspaceFolders = [], getWorkspaceFolder } = vscode.workspace;
  if (getWorkspaceFolder(folder)) return show(rollout);
  if (workspaceFolders.length === 0) return openFolder(context, folder, rollout, false);
  const [here, anew, add] = ['Open in This Window', 'Open in New Window', 'Add to Workspace'];
  const picked = await vscode.window.showQuickPick(
    [
      { label: here, detail: 'Instead of what is open now' },
      { label: anew, detail: 'This window stays as it is' },
      { label: add, detail: 'Beside the folders that are open now' },
    ],
    { title: 'Sample Rollouts', placeHolder: `Copied to ${folder.fsPath}. Where should they be opened?` },
  );
  if (!picked) return;
  if (picked.label !== add) return openFolder(context, folder, rollout, picked.label === anew);
  // A window that had one folder begins anew with the second: the desktop keeps its editors, a browser shows the rollout again.
  await show(rollout);
  if (workspaceFolders.length === 1) await promise(context, folder, rollout);
  vscode.workspace.updateWorkspaceFolders(workspaceFolders.length, 0, { uri: folder });
}

/** The window that promises is not the one that keeps it: it begins anew as soon as its folders change. */
let promisedHere = false;

/** In a window that was opened for the samples: shows the rollout that was promised, once, as soon as their folder is there. */
export function showPromised(context: vscode.ExtensionContext): vscode.Disposable {
  void showIfHere(context);
  return vscode.workspace.onDidChangeWorkspaceFolders(() => void showIfHere(context));
}

async function showIfHere(context: vscode.ExtensionContext): Promise<void> {
  const promised = context.globalState.get<Promised>(PROMISED);
  if (!promised || promisedHere) return;
  const here = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.toString() === promised.folder);
  const stale = Date.now() - promised.at > FRESH;
  if (!here && !stale) return;
  await context.globalState.update(PROMISED, undefined);
  if (!stale) await show(vscode.Uri.parse(promised.rollout, true));
}

async function openFolder(
  context: vscode.ExtensionContext,
  folder: vscode.Uri,
  rollout: vscode.Uri,
  forceNewWindow: boolean,
): Promise<void> {
  // The desktop opens the file with the folder; a browser forgets it, and the extension shows it as soon as it runs again.
  await promise(context, folder, rollout);
  await vscode.commands.executeCommand('vscode.openFolder', folder, {
    forceNewWindow,
    forceReuseWindow: !forceNewWindow,
    filesToOpen: [rollout],
  });
}

async function promise(
  context: vscode.ExtensionContext,
  folder: vscode.Uri,
  rollout: vscode.Uri,
): Promise<void> {
  promisedHere = true;
  const promised: Promised = { rollout: rollout.toString(), folder: folder.toString(), at: Date.now() };
  await context.globalState.update(PROMISED, promised);
}

async function show(rollout: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(rollout));
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const home = join(homedir(), FOLDER);
  const other = 'Choose Another Folder…';
  const picked = await vscode.window.showQuickPick(
    [
      { label: home, detail: 'Files that are there already stay as they are' },
      { label: other, detail: `A folder ${FOLDER} is made in it` },
    ],
    { title: 'Open Sample Rollouts', placeHolder: 'Where should the samples be copied to?' },
  );
  if (!picked) return undefined;
  if (picked.label !== other) return vscode.Uri.file(home);
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: 'Copy Samples Here',
      defaultUri: vscode.Uri.file(homedir()),
    })) ?? [];
  return folder && vscode.Uri.joinPath(folder, FOLDER);
}
