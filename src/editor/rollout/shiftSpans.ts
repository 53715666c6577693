import type { LabelledSpan } from '../../core/annotation';

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

/** The spans after changes whose offsets all count in the text before; `lost` are those of which nothing is left. */
export function shiftSpans(
  spans: readonly LabelledSpan[],
  changes: readonly TextChange[],
): { spans: LabelledSpan[]; lost: LabelledSpan[] } {
  // From the end of the text, so that one does not move the next.
  const ordered = [...changes].sort((a, b) => b.start - a.start);
  const kept: LabelledSpan[] = [];
  const lost: LabelledSpan[] = [];
  for (const span of spans) {
    let shifted: LabelledSpan | null = span;
    for (const change of ordered) shifted &&= shiftSpan(shifted, change);
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
