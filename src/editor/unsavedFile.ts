import * as vscode from 'vscode';

/** The open document of a file if it has unsaved changes: a rollout's tab may be closed while its labels still wait to be saved. */
export function unsavedFile(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find(
    document => document.isDirty && !document.isClosed && document.uri.toString() === key,
  );
}
