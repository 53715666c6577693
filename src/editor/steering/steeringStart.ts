import type * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { formatRollout, type ParsedRollout } from '../../core/rollout';
import type { Sampling } from '../../model/contract';
import { samplingDefaults } from '../../model/samplingDefaults';
import type { TextModel } from '../../model/textModel';
import { type ActiveRollout, cursorOf } from '../documents/activeRollout';
import { SETTINGS } from '../ids';
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import { RolloutTokens } from '../rollout/rolloutTokens';
import { setting } from '../settings';
import { rolloutName } from './completionName';

/** Milliseconds of tokenizing at a stretch. */
const SLICE = 8;

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
export async function steeringStart(
  model: TextModel,
  tokenizer: RolloutTokenizer,
  { editor, rollout }: ActiveRollout,
): Promise<SteeringStart> {
  const { rollout: parsed } = rollout;
  if (!parsed) throw new UserError(rollout.problem ?? 'This file is not a rollout');
  const { document, selection } = editor;
  const from = selection.isEmpty ? cursorOf(editor) : document.offsetAt(selection.start);
  const to = selection.isEmpty ? from : document.offsetAt(selection.end);
  const place = placeOf(rollout.tokensOf(tokenizer)!, parsed, from, to);
  const kept = parsed.response.slice(0, place.kept);
  const ids = await idsOf(tokenizer, { ...parsed, response: kept });
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
  tokens: RolloutTokens,
  { response, responseStart }: ParsedRollout,
  from: number,
  to: number,
): { kept: number; selected: number } {
  const start = Math.max(responseStart, from);
  const end = Math.max(start, to);
  // Spaces before a word belong to its token: a model that is given them alone goes on with something else.
  const spaces = /[ \t]+$/.exec(response.slice(0, start - responseStart))?.[0].length ?? 0;
  const token = spaces > 0 ? tokens.tokenAt(start) : undefined;
  const first = (token && tokens.placeOf(token)?.start) ?? start;
  const kept = first >= start - spaces ? Math.min(first, start) : start;
  let selected = 0;
  if (end > start) for (const _ of tokens.tokensIn(start, end)) selected++;
  return { kept: kept - responseStart, selected };
}

/** Ids of the whole text, made in slices: a long one would hold up the editor. */
async function idsOf(tokenizer: RolloutTokenizer, rollout: ParsedRollout): Promise<number[]> {
  const tokens = new RolloutTokens(tokenizer);
  tokens.update(rollout);
  while (!tokens.encodeUntil(performance.now() + SLICE)) await new Promise(resolve => setImmediate(resolve));
  return [...tokens.firstIds(tokens.count!)];
}
