import type { LabelledSpan } from '../../core/annotation';

/**
 * The labels of two changes of `base` that knew nothing of each other: `theirs`, with what `mine` changed. Labels are matched
 * by where they stand, as ids may have been given anew. All offsets count in one text.
 */
export function mergeSpans(
  base: readonly LabelledSpan[],
  mine: readonly LabelledSpan[],
  theirs: readonly LabelledSpan[],
): LabelledSpan[] {
  const mineById = new Map(mine.map(span => [span.id, span]));
  const baseIds = new Set(base.map(({ id }) => id));
  const merged = new Map(theirs.map((span, index) => [index, span]));
  const at = new Map(theirs.map((span, index) => [place(span), index]));
  const added = mine.filter(({ id }) => id === undefined || !baseIds.has(id));
  for (const span of base) {
    const now = mineById.get(span.id);
    if (now && now.label === span.label && place(now) === place(span)) continue;
    const index = at.get(place(span));
    if (now && index === undefined) added.push(now);
    else if (now) merged.set(index!, { ...now, id: theirs[index!].id });
    else if (index !== undefined) merged.delete(index);
  }
  const extra: LabelledSpan[] = [];
  for (const { start, end, label } of added) {
    const index = at.get(place({ start, end }));
    const there = index === undefined ? undefined : merged.get(index);
    if (there && place(there) === place({ start, end })) merged.set(index!, { ...there, label });
    else extra.push({ start, end, label });
  }
  return [...merged.values(), ...extra];
}

const place = ({ start, end }: Pick<LabelledSpan, 'start' | 'end'>) => `${start} ${end}`;
