import { UserError } from './errors';

/** The words whose tokens Fig. 5 of arXiv 2507.12638 looks for. */
export const LENS_WORDS: readonly string[] = ['wait', 'but'];

/** Ids of the tokens that contain one of `wanted`, in any case and anywhere ("attribute" holds "but": the paper's rule). */
export function lensTokens(vocabulary: readonly string[], wanted = LENS_WORDS): number[] {
  const ids: number[] = [];
  vocabulary.forEach((token, id) => {
    const lower = token.toLowerCase();
    if (wanted.some(word => lower.includes(word))) ids.push(id);
  });
  return ids;
}

/**
 * s(v): the mean over tokens `ids` of W_U·v, given W_U·v for the whole vocabulary; `percentile` is the share (0…1) of the
 * vocabulary whose own logit lies below s. Throws a UserError if there are no such tokens.
 */
export function lensScore(
  logits: ArrayLike<number>,
  ids: readonly number[],
): { score: number; percentile: number } {
  if (ids.length === 0)
    throw new UserError('no token of this vocabulary contains "wait" or "but": there is no lens score');
  let sum = 0;
  for (const id of ids) {
    if (!(id >= 0 && id < logits.length))
      throw new UserError(`token ${id} has no logit: the vocabulary has ${logits.length}`);
    sum += logits[id];
  }
  const score = sum / ids.length;
  let below = 0;
  for (let i = 0; i < logits.length; i++) if (logits[i] < score) below++;
  return { score, percentile: below / logits.length };
}
