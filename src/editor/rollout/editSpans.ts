import type { LabelledSpan } from '../../core/annotation';
import { UserError } from '../../core/errors';
import type { Label } from '../../core/labels';
import { trimmed, type Unit } from './units';

/** The spans with `label` over [start, end): the span that stands exactly there gets it, else a new one is added. */
export function withLabel(
  spans: readonly LabelledSpan[],
  { start, end }: Unit,
  label: Label,
): LabelledSpan[] {
  const at = spans.findIndex(span => span.start === start && span.end === end);
  if (at < 0) return [...spans, { start, end, label }];
  return spans.map((span, index) => (index === at ? { ...span, label } : span));
}

/** The spans without that of the unit. */
export function withoutLabel(spans: readonly LabelledSpan[], unit: Unit): LabelledSpan[] {
  return spans.filter(span => span !== unit.span);
}

/** The unit's span as two with its label, cut at `at`, without white space at the cut. Throws UserError where there is nothing to cut. */
export function splitUnit(
  text: string,
  spans: readonly LabelledSpan[],
  { span }: Unit,
  at: number,
): { spans: LabelledSpan[]; second: Unit } {
  if (!span) throw new UserError('This sentence has no label yet: label it, then split it');
  const first = at < span.end ? trimmed(text, span.start, at) : null;
  const second = at > span.start ? trimmed(text, at, span.end) : null;
  if (!first || !second)
    throw new UserError('Put the cursor inside the sentence, where its second part begins');
  const added = { ...second, label: span.label };
  const changed = spans.flatMap(other => (other === span ? [{ ...span, ...first }, added] : [other]));
  return { spans: changed, second: { ...second, span: added } };
}

/** A unit and the next one as one span, with the first label that one of them has. Throws UserError if neither has one. */
export function mergeUnits(
  spans: readonly LabelledSpan[],
  first: Unit,
  next: Unit | undefined,
): LabelledSpan[] {
  if (!next) throw new UserError('There is no sentence after this one to merge it with');
  const kept = first.span ?? next.span;
  if (!kept) throw new UserError('Neither sentence has a label yet: label one of them, then merge');
  const range = { start: Math.min(first.start, next.start), end: Math.max(first.end, next.end) };
  return spans
    .filter(span => span === kept || (span !== first.span && span !== next.span))
    .map(span => (span === kept ? { ...span, ...range } : span));
}

/** The unit's span made to reach over [start, end) too; spans that it would then cut into are cut back, none is removed. */
export function extendUnit(
  text: string,
  spans: readonly LabelledSpan[],
  unit: Unit,
  selection: { start: number; end: number },
): LabelledSpan[] {
  const { span } = unit;
  if (!span) throw new UserError('This sentence has no label yet: label it, then extend it');
  const reach = trimmed(text, Math.min(span.start, selection.start), Math.max(span.end, selection.end));
  if (!reach || selection.start === selection.end)
    throw new UserError('Select the text that the label should reach over');
  return spans.map(other => {
    if (other === span) return { ...span, ...reach };
    const cutsStart = other.start < reach.start && other.end > reach.start && other.end <= reach.end;
    const cutsEnd = other.end > reach.end && other.start < reach.end && other.start >= reach.start;
    const rest = cutsStart
      ? trimmed(text, other.start, reach.start)
      : cutsEnd
        ? trimmed(text, reach.end, other.end)
        : null;
    return rest ? { ...other, ...rest } : other;
  });
}

/** The words that decide whether two sentences open alike: the first two, or one where a mark follows it; lower case. */
export function openingOf(sentence: string): string {
  const match = /^[^\p{L}\p{N}]*([\p{L}\p{N}'’]+)(?:\s+([\p{L}\p{N}'’]+))?/u.exec(sentence.slice(0, 200));
  return match ? [match[1], match[2]].filter(Boolean).join(' ').toLowerCase() : '';
}

/** `label` on every unit that opens like the given one. */
export function labelSameOpening(
  text: string,
  spans: readonly LabelledSpan[],
  units: readonly Unit[],
  like: Unit,
  label: Label,
): { spans: LabelledSpan[]; opening: string; count: number } {
  const opening = openingOf(text.slice(like.start, like.end));
  const alike = opening
    ? units.filter(({ start, end }) => openingOf(text.slice(start, Math.min(end, start + 200))) === opening)
    : [like];
  const labelled = new Set(alike.map(({ span }) => span));
  return {
    spans: [
      ...spans.map(span => (labelled.has(span) ? { ...span, label } : span)),
      ...alike.filter(({ span }) => !span).map(({ start, end }) => ({ start, end, label })),
    ],
    opening,
    count: alike.length,
  };
}
