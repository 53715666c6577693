import type { LabelledSpan } from '../../core/annotation';
import { countWhile } from '../../core/countWhile';
import type { RolloutSentences } from './rolloutSentences';

/** What one key press labels: a labelled span, or a sentence (or its rest) that no label covers. UTF-16 offsets of the file. */
export interface Unit {
  start: number;
  end: number;
  span?: LabelledSpan;
}

const HAS_WORD = /[\p{L}\p{N}]/u;

/** Labelled spans, and what they leave of the sentences, in order. */
export function unitsOf(
  text: string,
  spans: readonly LabelledSpan[],
  sentences: readonly { start: number; end: number }[],
): Unit[] {
  const units: Unit[] = spans.map(span => ({ start: span.start, end: span.end, span }));
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  let next = 0;
  let covered = 0;
  for (const sentence of sentences) {
    let from = Math.max(sentence.start, Math.min(covered, sentence.end));
    while (next < ordered.length && ordered[next].start < sentence.end) {
      const { start, end } = ordered[next++];
      if (start > from) pushRest(text, from, start, units);
      from = Math.max(from, end);
      covered = Math.max(covered, end);
    }
    if (from < sentence.end) pushRest(text, from, sentence.end, units);
  }
  return units.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Characters around a cursor in which its unit and the ones beside it are looked for first. */
const NEAR = 2000;
/** Units wanted on each side of the cursor. */
const BESIDE = 2;

/** As `unitsOf`, of a part of the text that holds the unit at `offset` and those beside it. */
export function unitsNear(
  text: string,
  spans: readonly LabelledSpan[],
  sentences: RolloutSentences,
  offset: number,
): Unit[] {
  for (let reach = NEAR; ; reach *= 4) {
    const start = Math.max(0, offset - reach);
    const end = Math.min(text.length, offset + reach);
    const found = sentences.touching({ start, end });
    // A label may hold a sentence that begins before the part.
    const from = Math.min(start, found[0]?.start ?? start);
    const to = Math.max(end, found.at(-1)?.end ?? end);
    const units = unitsOf(
      text,
      spans.filter(span => span.start < to && span.end > from),
      found,
    );
    const at = unitAt(units, offset);
    const enoughBefore = at >= BESIDE || start === 0;
    const enoughAfter = units.length - 1 - at >= BESIDE || end === text.length;
    if (enoughBefore && enoughAfter) return units;
  }
}

/** Index of the unit a cursor means: the innermost that holds it (its end included), else the next one; -1 if there is none. */
export function unitAt(units: readonly Unit[], offset: number): number {
  const begun = countWhile(units.length, unit => units[unit].start <= offset);
  let touching = -1;
  for (let i = begun - 1; i >= 0 && i >= begun - NESTING; i--) {
    if (units[i].end > offset) return i;
    if (units[i].end === offset && touching < 0) touching = i;
  }
  if (touching >= 0) return touching;
  return begun < units.length ? begun : units.length - 1;
}

/** Spans may nest; more than this many before a cursor are not looked at. */
const NESTING = 64;

/** The unit `step` (1 or -1) away from a cursor; undefined at either end. */
export function neighbourUnit(units: readonly Unit[], offset: number, step: 1 | -1): Unit | undefined {
  const at = unitAt(units, offset);
  if (at < 0) return undefined;
  // In a gap, the next unit is the one that `unitAt` names, not the one after it.
  const before = units[at].start > offset;
  const past = units[at].end < offset;
  if (step === 1) return before ? units[at] : units[at + 1];
  return past ? units[at] : units[at - 1];
}

/** [start, end) without white space at its ends, or null if nothing is left. */
export function trimmed(text: string, start: number, end: number): { start: number; end: number } | null {
  const piece = text.slice(start, end);
  const lead = piece.length - piece.trimStart().length;
  const tail = piece.length - piece.trimEnd().length;
  return lead + tail < piece.length ? { start: start + lead, end: end - tail } : null;
}

function pushRest(text: string, start: number, end: number, into: Unit[]): void {
  if (!HAS_WORD.test(text.slice(start, end))) return;
  const rest = trimmed(text, start, end);
  if (rest) into.push(rest);
}
