import { UserError } from '../core/errors';
import { planHarvest } from '../core/harvestPlan';
import type { HarvestSums } from '../core/sums';
import { firstToken } from '../core/windows';
import { readRollout, requireRollouts, type StoredRollout } from '../files/rolloutFolder';
import type { HarvestText } from '../model/contract';
import type { TextModel } from '../model/textModel';

/** A labelled rollout as tokens of the model that reads it. */
export interface TokenizedRollout {
  stored: StoredRollout;
  ids: number[];
  /** Character ranges of the tokens in `text`. */
  starts: ArrayLike<number>;
  ends: ArrayLike<number>;
  text: string;
  responseStart: number;
  sentences: { first: number; label: string }[];
}

/** Offsets kept by a harvest: any window from 40 tokens before a sentence to 10 after its first token is a slice of it. */
export const HARVEST_OFFSETS: [number, number] = [-40, 10];

/** Reads and tokenizes a folder's rollouts; throws a UserError if none of them carries a label. */
export async function tokenizeRollouts(model: TextModel, folder: string): Promise<TokenizedRollout[]> {
  const rollouts: TokenizedRollout[] = [];
  for (const name of await requireRollouts(folder))
    rollouts.push(tokenizeRollout(model, folder, await readRollout(folder, name)));
  if (rollouts.every(rollout => rollout.sentences.length === 0)) {
    throw new UserError(
      `The rollouts in ${folder} have no labels; label them first (doubletake label ${folder} --judge keyword).`,
    );
  }
  return rollouts;
}

/** One rollout as tokens; a UserError that names it if the model cannot read that many. */
export function tokenizeRollout(model: TextModel, folder: string, stored: StoredRollout): TokenizedRollout {
  const { rollout, spans } = stored;
  const { ids, starts, ends, text, responseStart } = model.rolloutTokens(rollout);
  if (ids.length > model.maxPositions) {
    throw new UserError(
      `${folder}/${stored.name}.rollout.txt has ${ids.length} tokens; ${model.identity.name} reads ${model.maxPositions} at most. Shorten it or take it out of the folder.`,
    );
  }
  const sentences = spans
    .filter(span => span.start >= rollout.responseStart)
    .map(({ start, label }) => ({
      first: firstToken(ends, start - rollout.responseStart + responseStart),
      label,
    }));
  return { stored, ids, starts, ends, text, responseStart, sentences };
}

/** Sums over windows of rollouts, in one pass that runs the blocks up to the deepest layer. `map` translates ids. */
export async function harvestRollouts(
  model: TextModel,
  rollouts: TokenizedRollout[],
  options: {
    layers: number[];
    offsets?: [number, number];
    map?: (ids: number[]) => number[];
    signal?: AbortSignal;
    onProgress?: (done: number, total: number) => void;
  },
): Promise<HarvestSums> {
  const offsets = options.offsets ?? HARVEST_OFFSETS;
  const texts: HarvestText[] = rollouts.map(({ ids, sentences }, i) => ({
    ids: options.map ? options.map(ids) : ids,
    groups: planHarvest(sentences, ids.length, (i % 2) as 0 | 1, offsets),
  }));
  const pool = await model.pool();
  return pool.harvest(
    { texts, layers: options.layers, offsets },
    { signal: options.signal, onEvent: ({ done, total }) => options.onProgress?.(done, total) },
  );
}
