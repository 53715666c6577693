import type { LabelledSpan } from '../../core/annotation';
import { orderedTally, tally } from './labelTally';

/** The label whose starts are shown red and before which windows are shown. */
export const BACKTRACKING = 'backtracking';

/** The backtracking spans (or those of another label) in the order of the text. */
export function backtrackings(spans: readonly LabelledSpan[], wanted = BACKTRACKING): LabelledSpan[] {
  return spans.filter(({ label }) => label === wanted).sort((a, b) => a.start - b.start);
}

/** The next (1) or previous (-1) backtracking span from a cursor, around the ends of the text; undefined if there is none. */
export function neighbourBacktracking(
  spans: readonly LabelledSpan[],
  offset: number,
  step: 1 | -1,
): LabelledSpan | undefined {
  const ordered = backtrackings(spans);
  return step === 1
    ? (ordered.find(({ start }) => start > offset) ?? ordered[0])
    : (ordered.findLast(({ start }) => start < offset) ?? ordered.at(-1));
}

/** How many spans each label has: the given order first, then other labels by name. */
export function labelCounts(
  spans: readonly LabelledSpan[],
  order: readonly string[],
): { label: string; count: number }[] {
  return orderedTally(tally(spans.map(({ label }) => label)), order);
}
