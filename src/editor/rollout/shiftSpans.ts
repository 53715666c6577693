import type { LabelledSpan } from '../../core/annotation';
import { countWhile } from '../../core/countWhile';
import { sameLines } from './lineEnds';
import { textDifference } from './textDifference';

/** `length` UTF-16 units stand where [start, end) of the text before stood. */
export interface TextChange {
  start: number;
  end: number;
  length: number;
}

/**
 * A span after a change, or null if nothing of its text is left. What is typed at its very start or end stays outside;
 * a replacement of all of it, or inside it, stays inside.
 */
export function shiftSpan(span: LabelledSpan, change: TextChange): LabelledSpan | null {
  const { start: from, end: to, length } = change;
  const delta = length - (to - from);
  if (span.end <= from) return span;
  if (span.start >= to) return delta === 0 ? span : moved(span, span.start + delta, span.end + delta);
  const start = span.start <= from ? span.start : from + length;
  const end = span.end >= to ? span.end + delta : from;
  return start < end ? moved(span, start, end) : null;
}

/** Written out: for every label of a long rollout at every key, a spread takes five times as long. */
function moved({ label, id }: LabelledSpan, start: number, end: number): LabelledSpan {
  return { start, end, label, id };
}

/**
 * What a replacement of a whole text changed in it: every line end, if only they are others, else from the first to the last
 * difference. The editor tells a change of line ends, or what a formatter did, as one such replacement.
 */
export function changesWithin(before: string, after: string): TextChange[] {
  if (before !== after && sameLines(before, after)) return lineEndChanges(before, after);
  const found = textDifference(before, after);
  return found ? [{ start: found.start, end: found.end, length: found.newEnd - found.start }] : [];
}

function lineEndChanges(before: string, after: string): TextChange[] {
  const changes: TextChange[] = [];
  for (
    let [at, then] = [before.indexOf('\n'), after.indexOf('\n')];
    at >= 0;
    at = before.indexOf('\n', at + 1), then = after.indexOf('\n', then + 1)
  ) {
    const [had, has] = [before[at - 1] === '\r', after[then - 1] === '\r'];
    if (had && !has) changes.push({ start: at - 1, end: at, length: 0 });
    else if (has && !had) changes.push({ start: at, end: at, length: 1 });
  }
  return changes;
}

/** Up to so many changes, it takes longer to look for those at a span than to try them all. */
const FEW = 4;

/** The spans after changes whose offsets all count in the text before; `lost` are those of which nothing is left. */
export function shiftSpans(
  spans: readonly LabelledSpan[],
  changes: readonly TextChange[],
): { spans: LabelledSpan[]; lost: LabelledSpan[] } {
  // From the end of the text, so that one does not move the next.
  const ordered = [...changes].sort((a, b) => b.start - a.start);
  // How far the changes from this one on, which are those before it in the text, move what comes after them.
  const deltas = new Array<number>(ordered.length + 1).fill(0);
  for (let i = ordered.length - 1; i >= 0; i--)
    deltas[i] = deltas[i + 1] + ordered[i].length - (ordered[i].end - ordered[i].start);
  const kept: LabelledSpan[] = [];
  const lost: LabelledSpan[] = [];
  for (const span of spans) {
    let shifted: LabelledSpan | null = span;
    const { start, end } = span;
    const many = ordered.length > FEW;
    const from = many ? countWhile(ordered.length, i => ordered[i].start >= end) : 0;
    const to = many ? countWhile(ordered.length, i => ordered[i].end > start) : ordered.length;
    for (let i = from; i < to; i++) shifted &&= shiftSpan(shifted, ordered[i]);
    if (shifted && to < ordered.length && deltas[to] !== 0)
      shifted = moved(shifted, shifted.start + deltas[to], shifted.end + deltas[to]);
    if (shifted) kept.push(shifted);
    else lost.push(span);
  }
  return { spans: kept, lost };
}

/** Where an offset stands after changes whose offsets all count in the text before; in replaced text, at its start. */
export function shiftOffset(offset: number, changes: readonly TextChange[]): number {
  let shifted = offset;
  for (const { start, end, length } of changes) {
    if (end <= offset) shifted += length - (end - start);
    else if (start < offset) shifted += start - offset;
  }
  return shifted;
}
