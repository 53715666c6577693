import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededRandom } from './seededRandom';

/** The words that b of Eq. 1 counts. */
export const BACKTRACKING_WORDS: ReadonlySet<string> = new Set(['wait', 'hmm']);

// A word: letters and digits with inner apostrophes, so "don't" is one, "3.5" two, "Wait…maybe" two, and "+" none.
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;

/** The words of a text in lower case, without punctuation. */
export function words(text: string): string[] {
  return (text.match(WORD) ?? []).map(word => word.toLowerCase());
}

/** b of Eq. 1 (arXiv 2507.12638) for one trace: the fraction of its words that are "wait" or "hmm"; 0 without words. */
export function keywordRate(text: string): number {
  const all = words(text);
  return all.length === 0 ? 0 : all.filter(word => BACKTRACKING_WORDS.has(word)).length / all.length;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample standard deviation (n − 1), as in the paper's bars; 0 of one value, NaN of none. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1));
}

/** Percentile bootstrap interval of the mean: seeded, so the same numbers give the same interval. NaN of nothing. */
export function bootstrapInterval(
  values: ArrayLike<number>,
  { seed = 1, resamples = 2000, level = 0.95 }: { seed?: number; resamples?: number; level?: number } = {},
): { low: number; high: number } {
  const n = values.length;
  if (n === 0) return { low: Number.NaN, high: Number.NaN };
  const random = seededRandom(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(uniformFloat64(random) * n)];
    means[r] = sum / n;
  }
  means.sort();
  const at = (share: number) =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))];
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}
