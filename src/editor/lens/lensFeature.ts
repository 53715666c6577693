import * as vscode from 'vscode';
import { activeRollout, cursorOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COMMANDS, SETTINGS, VIEWS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import type { ModelPair } from '../models/modelPair';
import type { SteeringSet } from '../steering/steeringSet';
import { LensExplorer } from './lensExplorer';
import { LensHover } from './lensHover';
import { LensReader } from './lensReader';
import { LensView } from './lensView';

/** The logit lens: hover, view and command, over one cache. */
export function lensFeature(
  extension: vscode.Uri,
  documents: RolloutDocuments,
  source: TokenizerSource,
  pair: ModelPair,
  set: SteeringSet,
  report: (error: unknown) => void,
): { commands: Commands; disposables: vscode.Disposable[] } {
  const reader = new LensReader(pair, set);
  const explorer = new LensExplorer(pair, source, reader);
  const { window, workspace } = vscode;
  const refresh = () => explorer.refresh();
  const followCursor = (editor: vscode.TextEditor | undefined) => {
    const rollout = editor && documents.of(editor.document);
    if (rollout) explorer.follow(rollout, editor.document.offsetAt(editor.selection.active));
  };
  const disposables = [
    new LensHover(documents, source, pair, reader),
    new LensView(extension, explorer, report),
    window.onDidChangeTextEditorSelection(({ textEditor }) => followCursor(textEditor)),
    window.onDidChangeActiveTextEditor(followCursor),
    workspace.onDidChangeTextDocument(event => explorer.edited(event)),
    workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(SETTINGS.lensTopTokens)) refresh();
    }),
    documents.onDidClose(rollout => explorer.closed(rollout)),
    source.onDidChange(refresh),
    pair.onDidChange(refresh),
    set.onDidChange(refresh),
    explorer,
    reader,
  ];
  followCursor(window.activeTextEditor);
  const commands: Commands = {
    [COMMANDS.showLens]: async (place?: unknown) => {
      if (isPlace(place)) {
        const document = await workspace.openTextDocument(vscode.Uri.parse(place.uri));
        const rollout = documents.of(document);
        if (rollout) explorer.show(rollout, place.offset);
      } else {
        const { editor, rollout } = await activeRollout(documents);
        explorer.show(rollout, cursorOf(editor));
      }
      await vscode.commands.executeCommand(`${VIEWS.lens}.focus`);
    },
  };
  return { commands, disposables };
}

/** What a hover's link gives the command; the editor's context menu gives a URI. */
function isPlace(value: unknown): value is { uri: string; offset: number } {
  const { uri, offset } = (value ?? {}) as { uri?: unknown; offset?: unknown };
  return typeof uri === 'string' && typeof offset === 'number';
}
