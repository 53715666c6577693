import { DEGENERATION_LIMITS, degeneration, isDegenerate } from '../../core/degeneration';
import { BACKTRACKING_WORDS, keywordRate, words } from '../../core/keywordRate';

/** What a completion is judged by while a person looks at it. */
export interface CompletionMeasures {
  /** Tokens drawn. */
  tokens: number;
  /** Words that are "wait" or "hmm", and b of Eq. 1, their share of all words. */
  waits: number;
  rate: number;
  /** Share of repeated 4-grams of words, 0…1. */
  repeated: number;
  /** Whether it repeats itself so much that its waits mean nothing. */
  fallsApart: boolean;
}

/** Measures the drawn text alone, without what it continues. */
export function measureCompletion(text: string, tokens: number): CompletionMeasures {
  return {
    tokens,
    waits: words(text).filter(word => BACKTRACKING_WORDS.has(word)).length,
    rate: keywordRate(text),
    repeated: degeneration(text).repeatedFourGrams,
    fallsApart: isDegenerate(text),
  };
}

/** Several completions of one strength as one: means, and whether any falls apart. */
export function meanMeasures(all: readonly CompletionMeasures[]): CompletionMeasures {
  const mean = (value: (one: CompletionMeasures) => number) =>
    all.reduce((sum, one) => sum + value(one), 0) / Math.max(1, all.length);
  return {
    tokens: mean(one => one.tokens),
    waits: mean(one => one.waits),
    rate: mean(one => one.rate),
    repeated: mean(one => one.repeated),
    fallsApart: all.some(one => one.fallsApart),
  };
}

/** One line for an input box or a message. */
export function describeMeasures({ tokens, waits, rate, repeated, fallsApart }: CompletionMeasures): string {
  const counted = `${tokens} ${tokens === 1 ? 'token' : 'tokens'} · ${waits} wait/hmm (b ${percent(rate)}) · ${percent(repeated)} repeated 4-grams`;
  return fallsApart
    ? `${counted}: falls apart (more than ${percent(DEGENERATION_LIMITS.repeatedFourGrams)} repeated, or a loop)`
    : counted;
}

/** 0.052 as "5.2%", 0.31 as "31%". */
export function percent(share: number): string {
  const hundred = share * 100;
  return `${hundred > 0 && hundred < 9.95 ? hundred.toFixed(1) : hundred.toFixed(0)}%`;
}
