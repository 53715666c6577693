import { type Candidate, findCandidates, type PlacementKind, widen } from './alignCandidates';
import { heaviestChain } from './alignChain';
import { Placements } from './alignPlacements';
import {
  alignWords,
  FUZZY_MARGIN,
  FUZZY_THRESHOLD_ANYWHERE,
  fuzzyThreshold,
  type PlacedWord,
  placedWords,
  type WordMatch,
} from './alignWords';
import type { TaggedPart } from './venhoff';

/** A part with its place in the response, UTF-16 [start, end); `score` is 1 unless it was aligned word by word. */
export interface PlacedPart {
  part: TaggedPart;
  start: number;
  end: number;
  how: PlacementKind;
  score: number;
}

/** Placed parts in the order of the response, and those that have no certain place, with the reason. */
export interface Alignment {
  placed: PlacedPart[];
  unplaced: { part: TaggedPart; reason: string }[];
}

/** Out of order, a shorter text is too likely to be another's. */
const LONE_LENGTH = 12;
const LONE_WORDS = 6;

/**
 * Finds where each labelled part stands in the response although the labeller paraphrased, re-ordered or repeated: the heaviest
 * order-preserving choice of exact places, paraphrases word by word in the gaps left, then lone places out of order.
 */
export function alignParts(parts: readonly TaggedPart[], response: string): Alignment {
  return new Aligner(parts, response).align();
}

class Aligner {
  private readonly candidates: Candidate[][];
  private readonly placements: Placements;
  private readonly reasons = new Map<number, string>();
  private words: PlacedWord[] | undefined;

  constructor(
    private readonly parts: readonly TaggedPart[],
    private readonly response: string,
  ) {
    this.candidates = findCandidates(
      parts.map(part => part.text),
      response,
    );
    this.placements = new Placements(parts.length, response);
  }

  align(): Alignment {
    this.placeChain();
    this.placeFuzzy();
    // The paraphrases found may decide where a repeated part belongs.
    this.placeChain();
    for (const part of this.parts.keys()) if (!this.placements.has(part)) this.placeAlone(part);
    return this.result();
  }

  /** Places what the order of all parts leaves only one place for. */
  private placeChain(): void {
    const choices = this.candidates.map((places, part) => {
      const placed = this.placements.get(part);
      return placed ? [placed] : places.filter(place => this.placements.isFree(place));
    });
    for (const { candidate, sure } of heaviestChain(choices, this.placements.nextWord)) {
      if (this.placements.has(candidate.part)) continue;
      if (sure) this.placements.place(candidate, 1, true);
      else
        this.reasons.set(
          candidate.part,
          'stands several times between its neighbours, and nothing tells which is meant',
        );
    }
  }

  /** Places paraphrases in the gaps, the surest first; each narrows the gaps of the others. */
  private placeFuzzy(): void {
    const waiting = new Set<number>();
    for (const part of this.parts.keys()) {
      if (!this.placements.has(part) && !this.standsInGap(part)) waiting.add(part);
    }
    const matches = new Map<number, WordMatch | null>();
    while (waiting.size > 0) {
      let surest = -1;
      for (const part of waiting) {
        if (!matches.has(part)) matches.set(part, this.matchInGap(part));
        const match = matches.get(part);
        if (match && match.score > (matches.get(surest)?.score ?? 0)) surest = part;
      }
      if (surest < 0) return;
      const { start, end, score } = matches.get(surest)!;
      waiting.delete(surest);
      this.placements.place({ part: surest, start, end, how: 'fuzzy' }, score, true);
      for (const [part, match] of matches) {
        if (!match || (part < surest ? match.end > start : match.start < end)) matches.delete(part);
      }
    }
  }

  private standsInGap(part: number): boolean {
    const { from, to } = this.placements.gap(part);
    return this.candidates[part].some(c => c.start >= from && c.end <= to);
  }

  private matchInGap(part: number): WordMatch | null {
    const { from, to } = this.placements.gap(part);
    const wanted = placedWords(this.parts[part].text);
    const elsewhere = this.candidates[part].length > 0;
    const limit = elsewhere ? FUZZY_THRESHOLD_ANYWHERE : fuzzyThreshold(wanted.length);
    const match = this.bestMatch(part, wanted, limit, from, to);
    // Labellers repeat themselves: a text that stands elsewhere letter for letter is rarely a paraphrase of this place.
    if (match && elsewhere && this.placements.touching(part, match) === 0) {
      this.reasons.set(
        part,
        'stands elsewhere, out of order, and something alike stands here but beside no neighbour',
      );
      return null;
    }
    return match;
  }

  /** The one best stretch of [from, to) at or above `limit`; null, with the reason noted, if there is none or a rival. */
  private bestMatch(
    part: number,
    wanted: PlacedWord[],
    limit: number,
    from: number,
    to: number,
  ): WordMatch | null {
    this.words ??= placedWords(this.response);
    const words = this.words.filter(w => w.start >= from && w.end <= to && this.placements.isFree(w));
    const match = alignWords(wanted, words);
    if (!match || match.score < limit || !this.placements.isFree(match)) {
      const best = match ? `best ${match.score.toFixed(2)}, needed ${limit}` : 'no word in common';
      this.reasons.set(
        part,
        `is not in the text, and nothing free between its neighbours is alike enough (${best})`,
      );
      return null;
    }
    const rest = words.filter(w => w.end <= match.start || w.start >= match.end);
    const rival = alignWords(wanted, rest);
    if (rival && rival.score > match.score - FUZZY_MARGIN && this.placements.isFree(rival)) {
      const own = this.placements.touching(part, match);
      if (this.placements.touching(part, rival) >= own) {
        this.reasons.set(part, 'is paraphrased, and two places are equally alike');
        return null;
      }
    }
    const wide = widen(match, this.parts[part].text, this.response);
    return this.placements.isFree(wide) ? { ...match, ...wide } : match;
  }

  /** Places a part out of order if the text leaves no doubt; otherwise notes why not. */
  private placeAlone(part: number): void {
    const places = this.candidates[part];
    const { text } = this.parts[part];
    const no = (reason: string) => this.reasons.set(part, reason);
    if (places.length === 0) {
      const reason = this.reasons.get(part);
      const wanted = placedWords(text);
      if (wanted.length < LONE_WORDS) return;
      const match = this.bestMatch(part, wanted, FUZZY_THRESHOLD_ANYWHERE, 0, this.response.length);
      if (match) {
        this.placements.place({ part, start: match.start, end: match.end, how: 'fuzzy' }, match.score, false);
      } else if (reason) no(reason);
    } else if (this.standsInGap(part) && this.reasons.has(part)) {
      return;
    } else if (places.length > 1) no(`stands ${places.length} times in the text, but nowhere in this order`);
    else if (!this.placements.isFree(places[0])) no('its only place in the text is already labelled');
    else if (text.length < LONE_LENGTH) no('is out of order and too short to be sure of');
    else this.placements.place(places[0], 1, false);
  }

  private result(): Alignment {
    const placed = this.placements.all().sort((a, b) => a.start - b.start || a.end - b.end);
    return {
      placed: placed.map(({ part, start, end, how, score }) => ({
        part: this.parts[part],
        start,
        end,
        how,
        score,
      })),
      unplaced: this.parts.flatMap((part, index) =>
        this.placements.has(index)
          ? []
          : [{ part, reason: this.reasons.get(index) ?? 'has no place in the text' }],
      ),
    };
  }
}
