import type { LabelledSpan } from '../../core/annotation';

/** Labels that cross: each begins inside an earlier one and ends outside of it. Nested ones, as of a part of a sentence, do not. */
export function crossingSpans(
  spans: readonly LabelledSpan[],
): { span: LabelledSpan; crossed: LabelledSpan }[] {
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const found: { span: LabelledSpan; crossed: LabelledSpan }[] = [];
  // Those that are open at the current start, each inside the one before it.
  const open: LabelledSpan[] = [];
  for (const span of ordered) {
    while (open.length > 0 && open.at(-1)!.end <= span.start) open.pop();
    const around = open.at(-1);
    if (around && span.end > around.end) found.push({ span, crossed: around });
    else open.push(span);
  }
  return found;
}
