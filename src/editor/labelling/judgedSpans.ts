import type { LabelledSpan } from '../../core/annotation';

/** What a judge does with labels that are there: leave them and label the rest, or replace them. */
export type JudgeChoice = 'fill' | 'replace';

interface Range {
  start: number;
  end: number;
}

const EVERYTHING: Range = { start: 0, end: Number.POSITIVE_INFINITY };

/** Whether two ranges share a character. */
export const overlaps = (a: Range) => (b: Range) => a.start < b.end && b.start < a.end;

/** Labels that were there with a judge's: `fill` keeps them all, `replace` drops those that stand in `within`. */
export function withJudged(
  spans: readonly LabelledSpan[],
  judged: readonly LabelledSpan[],
  how: JudgeChoice,
  within = EVERYTHING,
): LabelledSpan[] {
  const kept = how === 'fill' ? [...spans] : spans.filter(span => !overlaps(within)(span));
  return [...kept, ...judged.filter(span => overlaps(within)(span) && !kept.some(overlaps(span)))];
}
