import * as vscode from 'vscode';
import { labelsPath, metadataPath } from './rollout/sidecarName';

const TEXT = '.rollout.txt';

/** Labels and metadata go along when their rollout is renamed or moved in the editor; what stands at the new place already stays. */
export function renameCompanions(): vscode.Disposable {
  return vscode.workspace.onWillRenameFiles(({ files, waitUntil }) => waitUntil(companionsOf(files)));
}

async function companionsOf(
  files: vscode.FileWillRenameEvent['files'],
): Promise<vscode.WorkspaceEdit | undefined> {
  const moved = new Set(files.map(({ oldUri }) => oldUri.toString()));
  // Made when it is needed: `size` counts changes of texts alone.
  let edit: vscode.WorkspaceEdit | undefined;
  for (const { oldUri, newUri } of files) {
    if (!oldUri.path.endsWith(TEXT) || !newUri.path.endsWith(TEXT)) continue;
    for (const pathOf of [labelsPath, metadataPath]) {
      const from = oldUri.with({ path: pathOf(oldUri.path) });
      const to = newUri.with({ path: pathOf(newUri.path) });
      if (moved.has(from.toString()) || !(await isThere(from)) || (await isThere(to))) continue;
      edit ??= new vscode.WorkspaceEdit();
      edit.renameFile(from, to);
    }
  }
  return edit;
}

function isThere(uri: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
