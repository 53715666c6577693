import { countWhile } from './countWhile';

/** The window of Ward et al.: 5 tokens from 12 before a sentence's first one (arXiv 2507.12638 writes −13 to −8 in its figure). */
export const DEFAULT_OFFSET = -12;
export const DEFAULT_LENGTH = 5;

/**
 * Index of the first token whose characters reach beyond `start`, so " Wait" for a label that starts at its W; -1 if none.
 * `tokenEnds` are the ends of the tokens, non-decreasing, in the same units as `start`.
 */
export function firstToken(tokenEnds: ArrayLike<number>, start: number): number {
  const first = countWhile(tokenEnds.length, token => tokenEnds[token] <= start);
  return first < tokenEnds.length ? first : -1;
}

/** Tokens first+offset … first+offset+length-1 as [from, to), cut to the text's tokens; from === to when nothing is left or `first` is -1. */
export function windowPositions(
  first: number,
  offset: number,
  length: number,
  tokenCount: number,
): [from: number, to: number] {
  if (first < 0) return [0, 0];
  const from = Math.min(Math.max(first + offset, 0), tokenCount);
  const to = Math.min(Math.max(first + offset + length, from), tokenCount);
  return [from, to];
}
