/** A word of a text: letters, digits or one symbol that carries meaning in a formula. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

/** The best place of some words in a longer text: UTF-16 [start, end) of the matched stretch, similarity 0…1. */
export interface WordMatch {
  start: number;
  end: number;
  score: number;
}

/** Word similarity a paraphrase needs between its placed neighbours; anywhere else; and for fewer than four words. */
const FUZZY_THRESHOLD = 0.6;
export const FUZZY_THRESHOLD_ANYWHERE = 0.85;
const FUZZY_THRESHOLD_SHORT = 0.8;
/** A second place this close in similarity makes the first a guess. */
export const FUZZY_MARGIN = 0.06;
/** The threshold in a gap for a part of so many words. */
export function fuzzyThreshold(words: number): number {
  return words < 4 ? FUZZY_THRESHOLD_SHORT : FUZZY_THRESHOLD;
}

const WORD = /[\p{L}\p{M}]+|\p{N}+|[+=<>≤≥≠÷/^%\-−×*]/gu;

/** The words of text.slice(from, to), in lower case, with offsets into `text`. */
export function placedWords(text: string, from = 0, to = text.length): PlacedWord[] {
  const found: PlacedWord[] = [];
  for (const match of text.slice(from, to).matchAll(WORD)) {
    const start = from + match.index;
    const word = match[0].toLowerCase().replace('−', '-').replace('×', '*');
    found.push({ word, start, end: start + match[0].length });
  }
  return found;
}

/** Symbols and function words say little about a place. */
const weight = ({ word }: PlacedWord) =>
  word.length === 1 && !/\d/.test(word) ? 0.3 : word.length < 4 ? 0.7 : 1;

/** Two forms of one word ("calculate", "calculating") are half a match. */
function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const stem = Math.min(a.length, b.length, 5);
  return stem >= 4 && a.slice(0, stem) === b.slice(0, stem) ? 0.6 : 0;
}

const SKIP_PART = 0.45;
const SKIP_TEXT = 0.35;
const REPLACE = 0.55;

/**
 * Aligns all words of `part` with a stretch of `text` (Smith–Waterman with free ends in `text`): O(|part|·|text|). The score is
 * 2·matched / (weight of part + weight of the stretch). null if no word matches.
 */
export function alignWords(part: readonly PlacedWord[], text: readonly PlacedWord[]): WordMatch | null {
  const columns = text.length + 1;
  // Per cell: the best value, the matched weight on the way to it, the column at which its stretch begins.
  let best = new Float64Array(columns);
  let matched = new Float64Array(columns);
  let begin = Int32Array.from({ length: columns }, (_, j) => j);
  const textWeights = text.map(weight);
  for (const word of part) {
    const w = weight(word);
    const nextBest = new Float64Array(columns);
    const nextMatched = new Float64Array(columns);
    const nextBegin = new Int32Array(columns);
    nextBest[0] = best[0] - SKIP_PART * w;
    for (let j = 1; j < columns; j++) {
      const v = textWeights[j - 1];
      const like = likeness(word.word, text[j - 1].word);
      const diagonal = best[j - 1] + (like > 0 ? like * w : (-REPLACE * (w + v)) / 2);
      const up = best[j] - SKIP_PART * w;
      const left = nextBest[j - 1] - SKIP_TEXT * v;
      const source = diagonal >= up && diagonal >= left ? 0 : up >= left ? 1 : 2;
      nextBest[j] = source === 0 ? diagonal : source === 1 ? up : left;
      nextMatched[j] =
        source === 0 ? matched[j - 1] + like * w : source === 1 ? matched[j] : nextMatched[j - 1];
      nextBegin[j] = source === 0 ? begin[j - 1] : source === 1 ? begin[j] : nextBegin[j - 1];
    }
    best = nextBest;
    matched = nextMatched;
    begin = nextBegin;
  }
  let last = 0;
  for (let j = 1; j < columns; j++) if (best[j] > best[last]) last = j;
  const first = begin[last];
  if (matched[last] === 0 || first >= last) return null;
  let total = 0;
  for (const word of part) total += weight(word);
  for (let j = first; j < last; j++) total += textWeights[j];
  return { start: text[first].start, end: text[last - 1].end, score: (2 * matched[last]) / total };
}
