import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { Unit } from '../rollout/units';
import type { RolloutDocument } from './rolloutDocument';
import type { RolloutDocuments } from './rolloutDocuments';

/** The rollout that a command is about, with its editor. */
export interface ActiveRollout {
  editor: vscode.TextEditor;
  rollout: RolloutDocument;
}

/** The active editor's rollout with its labels read; a UserError that says what to do if there is none. */
export async function activeRollout(documents: RolloutDocuments): Promise<ActiveRollout> {
  const editor = vscode.window.activeTextEditor;
  const rollout = editor && (await documents.loaded(editor.document));
  if (!editor || !rollout)
    throw new UserError(
      'Open a rollout first (*.rollout.txt), or show the open file as one: Show as Rollout',
    );
  return { editor, rollout };
}

/** Where a command put the cursor, and until when that counts. */
const aims = new WeakMap<vscode.TextEditor, { offset: number; version: number; until: number }>();
/** Milliseconds in which the editor reports where it was put. */
const ECHO = 500;

/**
 * The UTF-16 offset of the cursor. Right after a command moved it, that place: keys come faster than the editor's reports
 * of where the cursor is, and a late report of the place before would label one sentence twice.
 */
export function cursorOf(editor: vscode.TextEditor): number {
  const { document, selection } = editor;
  const aim = aims.get(editor);
  if (aim && aim.version === document.version && performance.now() < aim.until) return aim.offset;
  return document.offsetAt(selection.active);
}

/** The person moved the cursor: where a command put it counts no more. */
export function cursorMoved(editor: vscode.TextEditor): void {
  aims.delete(editor);
}

/** Puts the cursor at an offset and shows it. */
export function goTo(editor: vscode.TextEditor, offset: number): void {
  const { document } = editor;
  const position = document.positionAt(offset);
  aims.set(editor, { offset, version: document.version, until: performance.now() + ECHO });
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(
    new vscode.Range(position, position),
    vscode.TextEditorRevealType.InCenterIfOutsideViewport,
  );
}

/** The editor's Range of a unit. */
export function rangeOf(
  document: vscode.TextDocument,
  { start, end }: Pick<Unit, 'start' | 'end'>,
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
