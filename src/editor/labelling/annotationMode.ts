import * as vscode from 'vscode';
import type { DecorationTypes } from '../decorations/decorationTypes';
import { cursorMoved, cursorOf, rangeOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { CONTEXT_KEYS, LANGUAGE } from '../ids';
import { unitAt } from '../rollout/units';

/** Milliseconds that a hint stays in the status bar. */
const HINT = 4000;

/** The mode in which keys label: a context key for them, the current sentence outlined, and stray letters kept out of the text. */
export class AnnotationMode implements vscode.Disposable {
  /** Whether the mode is on. */
  active = false;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private typing: vscode.Disposable | undefined;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly types: DecorationTypes,
  ) {
    this.listeners = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
        if (kind === Keyboard || kind === Mouse) cursorMoved(textEditor);
        this.outline(textEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.outlineAll()),
      documents.onDidChange(() => {
        if (this.active) this.outlineAll();
      }),
    ];
  }

  /** Turns the mode on or off. */
  async set(active: boolean): Promise<void> {
    this.active = active;
    this.typing?.dispose();
    this.typing = active ? keepLettersOut() : undefined;
    await vscode.commands.executeCommand('setContext', CONTEXT_KEYS.annotating, active);
    this.outlineAll();
    this.changed.fire();
    const message = active
      ? 'Annotation mode: 1–6 label the outlined sentence, n and p move, ? shows all keys, Escape ends'
      : 'Annotation mode is off';
    vscode.window.setStatusBarMessage(message, HINT);
  }

  dispose(): void {
    this.typing?.dispose();
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private outlineAll(): void {
    for (const editor of vscode.window.visibleTextEditors) this.outline(editor);
  }

  private outline(editor: vscode.TextEditor): void {
    const rollout =
      this.active && editor === vscode.window.activeTextEditor && this.documents.of(editor.document);
    const units = rollout ? rollout.unitsNear(cursorOf(editor)) : [];
    const unit = units[unitAt(units, cursorOf(editor))];
    if (!unit && editor.document.languageId !== LANGUAGE) return;
    editor.setDecorations(this.types.currentSentence, unit ? [rangeOf(editor.document, unit)] : []);
  }
}

/** Says that a key labels nothing, in the place of what it would do to the text. */
export function hintAtKeys(key = 'This key'): void {
  vscode.window.setStatusBarMessage(
    `${key} labels nothing. Press ? for the keys, Escape to change the text`,
    HINT,
  );
}

/** Letters without a key of their own would be typed into the rollout: instead a hint is shown. */
function keepLettersOut(): vscode.Disposable | undefined {
  try {
    return vscode.commands.registerCommand('type', (args: { text: string }) => {
      if (vscode.window.activeTextEditor?.document.languageId !== LANGUAGE)
        return vscode.commands.executeCommand('default:type', args);
      return hintAtKeys(args.text.trim() ? `“${args.text.trim()}”` : 'This key');
    });
  } catch {
    // Another extension (Vim's) has taken over typing; there letters are commands already.
    return undefined;
  }
}
