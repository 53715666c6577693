import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { TextModel } from '../../model/textModel';
import { CancelledError } from '../../rpc/messages';
import { activeRollout } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import type { ModelPair } from '../models/modelPair';
import { chooseVectors } from './chooseVectors';
import type { Completions } from './completions';
import type { SteeringSet, SteeringVector } from './steeringSet';
import { type SteeringStart, steeringStart } from './steeringStart';

/** What the commands that steer work with. */
export interface SteeringParts {
  documents: RolloutDocuments;
  source: TokenizerSource;
  pair: ModelPair;
  set: SteeringSet;
  completions: Completions;
  /** Keeps what a person typed, per workspace. */
  memory: vscode.Memento;
}

/** What a command steers: the place, the model that goes on from it, the vectors. */
export interface Prepared {
  editor: vscode.TextEditor;
  model: TextModel;
  start: SteeringStart;
  vectors: SteeringVector[];
}

/** The active rollout, the reasoning model and the enabled vectors; undefined if the person gives up on the way. */
export async function prepareSteering({
  documents,
  source,
  pair,
  set,
}: SteeringParts): Promise<Prepared | undefined> {
  const active = await activeRollout(documents);
  const model = await pair.use('reasoning');
  const tokenizer = await source.of(model.folder);
  if (!tokenizer) throw new UserError(`The tokenizer of ${model.folder} cannot be opened: see the log`);
  const start = await steeringStart(model, tokenizer, active);
  const vectors = await usableVectors(set, model);
  return vectors && { editor: active.editor, model, start, vectors };
}

/** The vectors of the set; one that is gone or does not fit is named, and can be left out or replaced. */
export async function usableVectors(
  set: SteeringSet,
  model: TextModel,
): Promise<SteeringVector[] | undefined> {
  for (;;) {
    try {
      return await set.vectorsOrAsk(model.identity);
    } catch (error) {
      if (!(error instanceof UserError) || !set.entries.some(({ enabled }) => enabled)) throw error;
      const [without, another] = ['Steer without It', 'Choose Vectors…'];
      const answer = await vscode.window.showWarningMessage(`Doubletake: ${error.message}`, without, another);
      if (answer === undefined) return undefined;
      await set.leaveOutUnusable(model.identity);
      if (answer === another && !(await chooseVectors(set, model.identity))) return undefined;
    }
  }
}

/** Added to the message of a completion that broke off. */
export const KEPT = ' What had come by then stays.';

/** Tells of a job that broke off, with a way to repeat it; a cancellation is silent. */
export async function offerAgain(error: unknown, again: () => Promise<unknown>, note = ''): Promise<void> {
  if (error instanceof CancelledError) return;
  const retry = 'Try Again';
  const message = `Doubletake: ${sentence(error)}${note}`;
  if ((await vscode.window.showErrorMessage(message, retry)) === retry) await again();
}

/** An error's message with its full stop. */
export function sentence(error: unknown): string {
  const { message } = error as Error;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
