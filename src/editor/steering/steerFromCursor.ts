import * as vscode from 'vscode';
import { COMMANDS } from '../ids';
import { withCancel } from '../progress';
import { chooseVectors } from './chooseVectors';
import { describeMeasures } from './completionMeasures';
import { LivePreview } from './livePreview';

import { endOf } from './steeredRun';
import {
  KEPT,
  offerAgain,
  type Prepared,
  prepareSteering,
  type SteeringParts,
  usableVectors,
} from './steeringParts';
import { askStrength, type StrengthButton } from './strengthBox';
import { strengthText } from './strengths';

/** What a key binding or a test may give so that nothing is asked. */
export interface SteeringArguments {
  strength?: number;
  seed?: number;
}

/**
 * Asks for a strength while its completion streams beside the rollout. Enter lets it go on to its end and keeps it; Escape
 * ends it and brings editor, cursor and scroll position back. Resolves with the document that was kept.
 */
export async function steerFromCursor(
  parts: SteeringParts,
  { strength, seed }: SteeringArguments = {},
): Promise<vscode.Uri | undefined> {
  const prepared = await prepareSteering(parts);
  if (!prepared) return undefined;
  const restore = rememberView(prepared.editor);
  const preview = new LivePreview(parts.completions, prepared, seed);
  await preview.show(false);
  const chosen = strength ?? (await askLive(parts, prepared, preview));
  if (chosen === undefined) {
    await preview.discard();
    await restore();
    return undefined;
  }
  await preview.show(true);
  await complete(parts, prepared, preview, chosen);
  return preview.uri;
}

async function askLive(
  { memory, set }: SteeringParts,
  { vectors, model }: Prepared,
  preview: LivePreview,
): Promise<number | undefined> {
  const buttons: StrengthButton[] = [
    {
      iconPath: new vscode.ThemeIcon('list-selection'),
      tooltip: 'Choose the vectors',
      run: async box => {
        if (!(await chooseVectors(set, model.identity))) return;
        const chosen = await usableVectors(set, model);
        if (!chosen) return;
        preview.steerWith(chosen);
        box.name(chosen);
      },
    },
    {
      iconPath: new vscode.ThemeIcon('refresh'),
      tooltip: 'Draw with another seed',
      run: async () => preview.reseed(),
    },
  ];
  const listeners: vscode.Disposable[] = [];
  const chosen = await askStrength({
    title: 'Steer from Cursor',
    enter: 'Enter keeps the completion, Escape takes it back',
    vectors,
    memory,
    buttons,
    onTyped: (strength, box) => {
      if (listeners.length === 0) {
        listeners.push(preview.onDidTell(({ message, severity }) => box.tell(message, severity)));
        preview.closed.addEventListener('abort', () => box.hide(), { once: true });
      }
      preview.start(strength);
    },
  });
  vscode.Disposable.from(...listeners).dispose();
  return chosen;
}

/** Waits for the end of what was kept, then offers to save it. */
async function complete(
  parts: SteeringParts,
  prepared: Prepared,
  preview: LivePreview,
  strength: number,
): Promise<void> {
  const { start, model } = prepared;
  const run = preview.keep(strength);
  const title = `Steering ${model.identity.name} with strength ${strengthText(strength)}`;
  try {
    const whole = await withCancel(title, async (signal, report) => {
      signal.addEventListener('abort', () => preview.cancel(), { once: true });
      const reporting = setInterval(() => report(run.state.tokens, start.maxTokens, 'tokens at most'), 250);
      await run.ended.finally(() => clearInterval(reporting));
      return true;
    });
    if (!whole) return;
  } catch (error) {
    void offerAgain(
      error,
      async () =>
        complete(parts, { ...prepared, model: await parts.pair.use('reasoning') }, preview, strength),
      KEPT,
    );
    return;
  }
  const save = 'Save as Rollout';
  const message = `Strength ${strengthText(strength)}: ${describeMeasures(run.state.measures)} (${endOf(run.state, start)})`;
  void vscode.window.showInformationMessage(message, save).then(async answer => {
    if (answer === save) await vscode.commands.executeCommand(COMMANDS.saveCompletion, preview.uri);
  });
}

/** Remembers editor, cursor and scroll position; the function that is given back restores them. */
function rememberView(editor: vscode.TextEditor): () => Promise<void> {
  const { document, viewColumn, selections, visibleRanges } = editor;
  return async () => {
    const again = await vscode.window.showTextDocument(document, { viewColumn, preview: false });
    again.selections = selections;
    const top = visibleRanges[0]?.start;
    if (top) again.revealRange(new vscode.Range(top, top), vscode.TextEditorRevealType.AtTop);
  };
}
