import type * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { formatRollout, type ParsedRollout } from '../../core/rollout';
import type { Sampling } from '../../model/contract';
import { samplingDefaults } from '../../model/samplingDefaults';
import type { TextModel } from '../../model/textModel';
import { type ActiveRollout, cursorOf } from '../documents/activeRollout';
import { SETTINGS } from '../ids';
import { setting } from '../settings';
import { rolloutName } from './completionName';

/** Where completions of a rollout begin, and how they are drawn. */
export interface SteeringStart {
  /** The rollout, which is never changed. */
  uri: vscode.Uri;
  name: string;
  prompt: string;
  /** The part of the response that is kept. */
  kept: string;
  /** Code points of the rollout's text before the completion, as `.ann` files count. */
  offset: number;
  /** Tokens of the prompt and the kept part. */
  ids: number[];
  sampling: Sampling;
  /** Most tokens to draw, and why a completion of that length ends. */
  maxTokens: number;
  limit: string;
}

/** The text that a completion document begins with. */
export const startText = ({ prompt, kept }: SteeringStart) => formatRollout({ prompt, response: kept });

/**
 * The place at the cursor; with a selection its beginning, and as many tokens as it has. A cursor in the prompt starts the
 * response anew. Throws a UserError if the model's context has no room for one more token.
 */
export function steeringStart(model: TextModel, { editor, rollout }: ActiveRollout): SteeringStart {
  const { rollout: parsed } = rollout;
  if (!parsed) throw new UserError(rollout.problem ?? 'This file is not a rollout');
  const { document, selection } = editor;
  const from = selection.isEmpty ? cursorOf(editor) : document.offsetAt(selection.start);
  const place = placeOf(model, parsed, from, selection.isEmpty ? from : document.offsetAt(selection.end));
  const kept = parsed.response.slice(0, place.kept);
  const { ids } = model.rolloutTokens({ prompt: parsed.prompt, response: kept });
  const room = model.maxPositions - ids.length;
  if (room < 1) {
    throw new UserError(
      `The text before the cursor has ${ids.length} tokens; ${model.identity.name} reads ${model.maxPositions} at most. Put the cursor further up.`,
    );
  }
  const { maxTokens, ...sampling } = samplingDefaults(model.folder, {
    maxTokens: setting<number>(SETTINGS.maxTokens, document.uri),
  });
  const limits: [number, string][] = [
    [place.selected || Number.POSITIVE_INFINITY, 'as long as the selection'],
    [maxTokens, 'token limit of the settings'],
    [room, 'context full'],
  ];
  const [most, limit] = limits.reduce((least, each) => (each[0] < least[0] ? each : least));
  return {
    uri: document.uri,
    name: rolloutName(document.uri.path),
    prompt: parsed.prompt,
    kept,
    offset: [...rollout.text.slice(0, parsed.responseStart + kept.length)].length,
    ids,
    sampling,
    maxTokens: most,
    limit,
  };
}

/** Characters of the response that are kept, and the tokens that a selection from…to has in it. */
function placeOf(
  model: TextModel,
  parsed: ParsedRollout,
  from: number,
  to: number,
): { kept: number; selected: number } {
  const start = Math.max(0, from - parsed.responseStart);
  const end = Math.max(start, to - parsed.responseStart);
  // Spaces before a word belong to its token: a model that is given them alone goes on with something else.
  const spaces = /[ \t]+$/.exec(parsed.response.slice(0, start))?.[0].length ?? 0;
  if (end === start && spaces === 0) return { kept: start, selected: 0 };
  const { starts, ends, responseStart } = model.rolloutTokens(parsed);
  let kept = start;
  let selected = 0;
  for (let t = 0; t < starts.length; t++) {
    const first = starts[t] - responseStart;
    const last = ends[t] - responseStart;
    if (first < start && start < last && first >= start - spaces) kept = Math.max(0, first);
    if (last > start && first < end) selected++;
  }
  return { kept, selected };
}
