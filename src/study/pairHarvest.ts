import { mapTokens } from '../model/text/tokenMap';
import type { TextModel } from '../model/textModel';
import { harvestRollouts, type TokenizedRollout } from './harvestRollouts';
import type { PairSums } from './pairVectors';

/**
 * One pass over the rollouts for each model, side by side, on the same tokens: the base model gets its own ids for the
 * special tokens it does not share. Every label, layer and offset is a slice of the result.
 */
export async function harvestPair(
  models: { base: TextModel; reasoning: TextModel },
  rollouts: TokenizedRollout[],
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<PairSums> {
  const layers = Array.from({ length: models.base.identity.layers }, (_, layer) => layer);
  const table = mapTokens(models.reasoning.tokenizer, models.base.tokenizer);
  const done = { base: 0, reasoning: 0 };
  const common = (side: 'base' | 'reasoning') => ({
    layers,
    signal: options.signal,
    onProgress: (tokens: number, total: number) => {
      done[side] = tokens;
      options.onProgress?.(done.base + done.reasoning, 2 * total);
    },
  });
  const [base, reasoning] = await Promise.all([
    harvestRollouts(models.base, rollouts, { ...common('base'), map: ids => ids.map(id => table[id]) }),
    harvestRollouts(models.reasoning, rollouts, common('reasoning')),
  ]);
  return { base, reasoning };
}
