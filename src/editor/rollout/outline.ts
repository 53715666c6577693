import type { LabelledSpan } from '../../core/annotation';
import { type ParsedRollout, thinkSpan } from '../../core/rollout';
import { backtrackings } from './backtrackings';

/** A part of a rollout file, UTF-16 [start, end). */
export interface Part {
  kind: 'prompt' | 'reasoning' | 'answer';
  start: number;
  end: number;
}

/** An entry of the outline. */
export interface OutlineEntry {
  name: string;
  detail: string;
  kind: Part['kind'] | 'sentence';
  start: number;
  end: number;
  children: OutlineEntry[];
}

const LONGEST_NAME = 80;
const HALF_PAIR = /[\uD800-\uDBFF]$/;

/** Prompt, reasoning and answer, as far as they are there; a response without think tags is all reasoning. */
export function partsOf(
  text: string,
  { prompt, response, promptStart, responseStart }: ParsedRollout,
): Part[] {
  const parts: Part[] = [];
  if (responseStart > 0) parts.push({ kind: 'prompt', start: promptStart, end: promptStart + prompt.length });
  const think = thinkSpan(response) ?? { start: 0, end: response.length };
  parts.push({ kind: 'reasoning', start: responseStart + think.start, end: responseStart + think.end });
  const closed = response.startsWith('</think>', think.end);
  const answer = responseStart + think.end + '</think>'.length;
  if (closed && text.slice(answer).trim() !== '')
    parts.push({ kind: 'answer', start: answer, end: text.length });
  return parts;
}

/** More labels than a person scrolls through: then the outline has the backtracking ones, and stays quick at each key. */
const MOST_ENTRIES = 3000;

/** The parts, and in each the labelled spans that begin there, in order. */
export function outlineOf(
  text: string,
  rollout: ParsedRollout,
  spans: readonly LabelledSpan[],
): OutlineEntry[] {
  const ordered =
    spans.length > MOST_ENTRIES ? backtrackings(spans) : [...spans].sort((a, b) => a.start - b.start);
  const titles = { prompt: 'Prompt', reasoning: 'Reasoning', answer: 'Answer' };
  return partsOf(text, rollout).map(({ kind, start, end }) => {
    const within = (span: LabelledSpan) => span.start >= start && span.end <= end;
    const inside = ordered.filter(within);
    const count = ordered.length === spans.length ? inside.length : spans.filter(within).length;
    return {
      name: titles[kind],
      detail: kind === 'prompt' || inside.length === 0 ? shortened(text, start, end) : `${count} labels`,
      kind,
      start,
      end,
      children: inside.map(span => ({
        name: shortened(text, span.start, span.end),
        detail: span.label,
        kind: 'sentence',
        start: span.start,
        end: span.end,
        children: [],
      })),
    };
  });
}

/** What can be folded: the parts and every paragraph, as offsets of their first and last character. */
export function foldingOf(text: string, rollout: ParsedRollout): { start: number; end: number }[] {
  const folds: { start: number; end: number }[] = [];
  for (const { kind, start, end } of partsOf(text, rollout)) {
    // The prompt folds under its tag, the others under the line their tag stands on.
    folds.push({ start: kind === 'prompt' ? 0 : start, end });
    for (const { index, 0: paragraph } of text.slice(start, end).matchAll(PARAGRAPH))
      if (paragraph.includes('\n'))
        folds.push({ start: start + index, end: start + index + paragraph.length });
  }
  return folds;
}

/** Lines that are not blank, one after the other. */
const PARAGRAPH = /[^\s][^\n]*(?:\n[ \t]*[^\s][^\n]*)*/g;

function shortened(text: string, start: number, end: number): string {
  const flat = text
    .slice(start, Math.min(end, start + 2 * LONGEST_NAME))
    .replace(/\s+/g, ' ')
    .trim();
  // An entry without a name is refused by the editor.
  if (flat === '') return '…';
  return flat.length > LONGEST_NAME ? `${flat.slice(0, LONGEST_NAME - 1).replace(HALF_PAIR, '')}…` : flat;
}
