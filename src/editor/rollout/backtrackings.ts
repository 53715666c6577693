import type { LabelledSpan } from '../../core/annotation';

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
  const counts = new Map<string, number>();
  for (const { label } of spans) counts.set(label, (counts.get(label) ?? 0) + 1);
  const others = [...counts.keys()].filter(label => !order.includes(label)).sort();
  return [...order, ...others]
    .map(label => ({ label, count: counts.get(label) ?? 0 }))
    .filter(({ count }) => count > 0);
}
