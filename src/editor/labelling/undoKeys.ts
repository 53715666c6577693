import * as vscode from 'vscode';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { CONTEXT_KEYS } from '../ids';

/**
 * Keeps the context keys that give Ctrl+Z to the labels: they live in another document than the editor's, so its own undo
 * would not reach them. Only while labels were what was changed last.
 */
export function watchUndoKeys(documents: RolloutDocuments): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const put = (key: string, value: boolean) => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    const document = vscode.window.activeTextEditor?.document;
    const rollout = document && documents.of(document);
    put(CONTEXT_KEYS.undoLabels, Boolean(rollout?.labels.changedLast && rollout.labels.history.canUndo));
    put(CONTEXT_KEYS.redoLabels, Boolean(rollout?.labels.changedLast && rollout.labels.history.canRedo));
  };
  return vscode.Disposable.from(
    documents.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}
