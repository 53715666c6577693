import * as vscode from 'vscode';
import { inWorkspace } from './extension';

const encoder = new TextEncoder();

/** Writes a rollout, and its sidecar if there is one, into the workspace. */
export async function writeFiles(name: string, text: string, ann?: string): Promise<void> {
  await vscode.workspace.fs.writeFile(inWorkspace(`${name}.rollout.txt`), encoder.encode(text));
  if (ann !== undefined)
    await vscode.workspace.fs.writeFile(inWorkspace(`${name}.rollout.ann`), encoder.encode(ann));
}

/** Opens a rollout of the workspace in the active editor. */
export async function openRollout(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument(inWorkspace(`${name}.rollout.txt`)),
  );
}

/** Puts the cursor a few characters into `text`. */
export function putCursor(editor: vscode.TextEditor, text: string): void {
  const position = editor.document.positionAt(editor.document.getText().indexOf(text) + 2);
  editor.selection = new vscode.Selection(position, position);
}

/** The sidecar as VS Code has it, saved or not; empty if there is none. */
export async function sidecarText(name: string): Promise<string> {
  const uri = inWorkspace(`${name}.rollout.ann`);
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  return vscode.workspace.fs.readFile(uri).then(
    bytes => new TextDecoder().decode(bytes),
    () => '',
  );
}

/** Labels in a sidecar with the text they quote, in the order of the text. */
export function savedLabels(ann: string): [label: string, quote: string][] {
  return [...ann.matchAll(/^T\d+\t(\S+) (\d+) \d+\t(.*)$/gm)]
    .sort((a, b) => Number(a[2]) - Number(b[2]))
    .map(([, label, , quote]) => [label, quote]);
}

/** Diagnostics of the extension on a rollout and on its sidecar. */
export function problems(name: string): vscode.Diagnostic[] {
  return ['txt', 'ann']
    .flatMap(extension => vscode.languages.getDiagnostics(inWorkspace(`${name}.rollout.${extension}`)))
    .filter(({ source }) => source === 'Doubletake');
}

/** Saves the active editor as Ctrl+S does. */
export const save = () => vscode.commands.executeCommand('workbench.action.files.save');

/** Names in the outline of the active editor, at every depth. */
export async function outlineNames(): Promise<string[]> {
  const names = (symbols: vscode.DocumentSymbol[]): string[] =>
    symbols.flatMap(({ name, children }) => [name, ...names(children)]);
  const { uri } = vscode.window.activeTextEditor!.document;
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  return names(symbols ?? []);
}
