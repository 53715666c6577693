import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import { LABEL_STYLES } from './decorations/decorationTypes';
import type { Display } from './decorations/display';
import { pickWindow } from './decorations/windowPicker';
import { activeRollout, cursorOf, goTo } from './documents/activeRollout';
import type { RolloutDocument } from './documents/rolloutDocument';
import type { RolloutDocuments } from './documents/rolloutDocuments';
import { COMMANDS, LANGUAGE, SETTINGS } from './ids';
import { type AnnotationMode, hintAtKeys } from './labelling/annotationMode';
import type { Commands } from './labelling/labelCommands';
import { neighbourBacktracking } from './rollout/backtrackings';
import { neighbourUnit } from './rollout/units';
import { updateSetting } from './settings';
import { rolloutUri } from './views/rolloutItems';

/** The commands that move, show and set, but change no label. */
export function viewCommands(
  documents: RolloutDocuments,
  display: Display,
  mode: AnnotationMode,
  log: vscode.LogOutputChannel,
): Commands {
  const backtracking = (step: 1 | -1) => async () => {
    const { editor, rollout } = await activeRollout(documents);
    const found = neighbourBacktracking(rollout.spans, cursorOf(editor), step);
    if (!found) throw new UserError('This rollout has no backtracking label');
    goTo(editor, found.start);
  };
  const sentence = (step: 1 | -1) => async () => {
    const { editor, rollout } = await activeRollout(documents);
    const unit = neighbourUnit(rollout.unitsNear(cursorOf(editor)), cursorOf(editor), step);
    if (unit) goTo(editor, unit.start);
  };
  return {
    [COMMANDS.nextBacktracking]: backtracking(1),
    [COMMANDS.previousBacktracking]: backtracking(-1),
    [COMMANDS.nextSentence]: sentence(1),
    [COMMANDS.previousSentence]: sentence(-1),
    [COMMANDS.toggleAnnotationMode]: async () => {
      await activeRollout(documents);
      await mode.set(!mode.active);
    },
    [COMMANDS.keepTextInAnnotation]: () => hintAtKeys(),
    [COMMANDS.leaveAnnotationMode]: () => mode.set(false),
    [COMMANDS.toggleLabels]: () => display.toggleLabels(),
    [COMMANDS.toggleTokenBoundaries]: () => display.toggleTokenBoundaries(),
    [COMMANDS.setWindow]: async () => {
      const { editor } = await activeRollout(documents);
      await pickWindow(display, editor.document.uri);
    },
    [COMMANDS.toggleReviewed]: async (row?: unknown) => {
      const rollout = await rolloutOf(documents, row);
      await rollout.setReviewed(!rollout.reviewed);
    },
    [COMMANDS.openLabels]: async (row?: unknown) => {
      const { labels } = await rolloutOf(documents, row);
      if (!labels.file)
        throw new UserError('Save the rollout first: its labels are kept in a file beside it');
      await labels.idle();
      const name = basename(labels.file.uri.path);
      const document = await vscode.workspace.openTextDocument(labels.file.uri).then(undefined, () => {
        throw new UserError(`There is no ${name} yet: label a sentence and it is made`);
      });
      await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
    },
    [COMMANDS.steerFromHere]: async (uri: unknown, offset: unknown) => {
      const document = await vscode.workspace.openTextDocument(uri as vscode.Uri);
      goTo(await vscode.window.showTextDocument(document), offset as number);
      await vscode.commands.executeCommand(COMMANDS.steerFromCursor);
    },
    [COMMANDS.showAsRollout]: async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (!document) throw new UserError('Open a text file first');
      await vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
    },
    [COMMANDS.chooseTokenizer]: () => chooseTokenizer(),
    [COMMANDS.showLog]: () => log.show(),
    [COMMANDS.showAnnotationKeys]: () => showKeys(),
  };
}

/** The rollout that a command is about: that of the tree's row it was called on, else the active editor's. */
async function rolloutOf(documents: RolloutDocuments, row: unknown): Promise<RolloutDocument> {
  const uri = rolloutUri(row);
  if (!uri) return (await activeRollout(documents)).rollout;
  const rollout = await documents.loaded(await vscode.workspace.openTextDocument(uri));
  if (!rollout) throw new UserError(`${basename(uri.path)} is open as another language: Show as Rollout`);
  return rollout;
}

async function chooseTokenizer(): Promise<void> {
  const bundled = 'The bundled reasoning model';
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: 'A model folder…',
        detail: 'A Hugging Face folder with tokenizer.json; its weights are not read',
      },
      { label: bundled },
    ],
    { placeHolder: 'Whose tokens should the windows count?' },
  );
  if (!picked) return;
  if (picked.label === bundled) return updateSetting(SETTINGS.tokenizer, undefined);
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: 'Use This Tokenizer',
    })) ?? [];
  if (!folder) return;
  const { RolloutTokenizer } = await import('./rollout/rolloutTokenizer');
  // Refused here, by its message, rather than later in the status bar.
  await RolloutTokenizer.load(folder.fsPath);
  await updateSetting(SETTINGS.tokenizer, folder.fsPath);
}

/** The keys of annotation mode; choosing one does what it does. */
async function showKeys(): Promise<void> {
  const key = (keys: string, detail: string, command: string, argument?: string) => ({
    label: keys,
    description: detail,
    command,
    argument,
  });
  const labels = LABEL_STYLES.filter(({ label }) => label !== '');
  const picked = await vscode.window.showQuickPick(
    [
      ...labels.map(({ label, mark }, index) =>
        key(`${index + 1}`, `${mark} ${label}`, COMMANDS.setLabel, label),
      ),
      key('n  j', 'next sentence', COMMANDS.nextSentence),
      key('p  k', 'previous sentence', COMMANDS.previousSentence),
      key('b  B', 'next backtracking (B: previous)', COMMANDS.nextBacktracking),
      key('r', 'repeat the last label', COMMANDS.repeatLabel),
      key('a', 'apply the label to all sentences with the same opening', COMMANDS.applyToSameOpening),
      key('s', 'split the sentence at the cursor', COMMANDS.splitLabel),
      key('m', 'merge with the next sentence', COMMANDS.mergeLabel),
      key('e', 'extend the label to the selection', COMMANDS.extendLabel),
      key('x  Backspace  Delete', 'remove the label', COMMANDS.removeLabel),
      key('u  U', 'undo the last change of labels (U: redo)', COMMANDS.undoLabelChange),
      key('Escape', 'leave annotation mode', COMMANDS.leaveAnnotationMode),
    ],
    { placeHolder: 'Keys of annotation mode', matchOnDescription: true },
  );
  if (picked) await vscode.commands.executeCommand(picked.command, picked.argument);
}
