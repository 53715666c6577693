import type { LabelledSpan } from './annotation';
import { UserError } from './errors';
import { type OffsetMap, offsetMap } from './offsets';

/** What an `.ann` file says: spans in its order, the lines that are not ours (kept verbatim), what was wrong (1-based lines). */
export interface ParsedAnn {
  spans: LabelledSpan[];
  other: string[];
  problems: { line: number; message: string }[];
}

/** A text made ready for reading `.ann` lines one by one: what takes a pass over all of it is made once. */
export interface QuotedText {
  offsets: OffsetMap;
  /** As long as the text, with blanks for its line ends. */
  flatText: string;
}

/** Makes a text ready for `parseAnn`. */
export const quotedText = (text: string): QuotedText => ({ offsets: offsetMap(text), flatText: flat(text) });

/** A quoted text may be found again this many UTF-16 units from where its offsets point: a few edited paragraphs. */
export const REANCHOR_REACH = 2000;

const TEXT_BOUND = /^(T\S*)\t(\S+) (\d+) (\d+)(?:\t(.*))?$/s;
const DISCONTINUOUS = /^T\S*\t\S+ \d+ \d+(?:;\d+ \d+)+(?:\t|$)/;
// Neither a newline nor a carriage return may stand in a line; one for one, so that offsets stay comparable.
const flat = (text: string) => text.replace(/[\r\n]/g, ' ');

/**
 * Reads brat's stand-off form (https://brat.nlplab.org/standoff.html); its offsets count code points of `text`. A line whose
 * quoted text is not where it says is moved to the one place near by that has it, and reported, or only reported.
 */
export function parseAnn(
  ann: string,
  text: string,
  { offsets, flatText }: QuotedText = quotedText(text),
): ParsedAnn {
  const result: ParsedAnn = { spans: [], other: [], problems: [] };
  ann.split(/\r?\n/).forEach((content, index) => {
    const problem = (message: string) => result.problems.push({ line: index + 1, message });
    if (content.trim() === '') return;
    if (!content.startsWith('T')) {
      result.other.push(content);
      return;
    }
    const match = TEXT_BOUND.exec(content);
    if (!match) {
      result.other.push(content);
      problem(
        DISCONTINUOUS.test(content)
          ? 'a discontinuous span is kept in the file but not used'
          : 'not of the form T1<TAB>label start end<TAB>text: kept in the file but not used',
      );
      return;
    }
    const [, id, label, from, to, quoted] = match;
    const quote = quoted === undefined ? undefined : flat(quoted);
    const start = Number(from);
    const end = Number(to);
    const inRange = start < end && end <= offsets.codePoints;
    const span: LabelledSpan = { start: offsets.toUtf16(start), end: offsets.toUtf16(end), label, id };
    if (inRange && (quote === undefined || flatText.slice(span.start, span.end) === quote)) {
      result.spans.push(span);
      return;
    }
    const fault = inRange
      ? `offsets ${start} ${end} do not hold the quoted text`
      : `offsets ${start} ${end} are not in the text (${offsets.codePoints} characters)`;
    const found = quote ? occurrencesNear(flatText, quote, Math.min(span.start, text.length)) : [];
    if (found.length === 1) {
      const moved = { start: found[0], end: found[0] + quote!.length, label, id };
      result.spans.push(moved);
      problem(
        `${fault}: moved to ${offsets.toCodePoint(moved.start)} ${offsets.toCodePoint(moved.end)}, where it stands`,
      );
      return;
    }
    result.other.push(content);
    problem(
      `${fault}, which ${found.length ? 'occurs several times' : 'does not occur'} near by: kept in the file but not used`,
    );
  });
  return result;
}

/** Writes spans as brat lines, then `other` verbatim. Spans with an id keep it; the rest get the next free ones. */
export function formatAnn(
  spans: readonly LabelledSpan[],
  text: string,
  other: readonly string[] = [],
): string {
  const offsets = offsetMap(text);
  const taken = new Set(other.map(line => /^(T\S*)\t/.exec(line)?.[1]));
  // A note may still speak of a span that is gone: its id is not given to another span.
  for (const line of other) for (const [id] of line.matchAll(/\bT\d+\b/g)) taken.add(id);
  for (const { id } of spans) taken.add(id);
  const used = new Set<string>();
  let next = 1;
  const lines = spans.map(({ start, end, label, id }) => {
    if (!/^\S+$/.test(label))
      throw new UserError(`the label "${label}" cannot be written: use a name without spaces`);
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= text.length)
    ) {
      throw new UserError(
        `the label "${label}" at ${start}–${end} is not in its text (${text.length} characters)`,
      );
    }
    if (
      offsets.toUtf16(offsets.toCodePoint(start)) !== start ||
      offsets.toUtf16(offsets.toCodePoint(end)) !== end
    ) {
      throw new UserError(`the label "${label}" at ${start}–${end} cuts a character in half: move its ends`);
    }
    let own = id !== undefined && /^T\S+$/.test(id) && !used.has(id) ? id : undefined;
    while (own === undefined) {
      if (!taken.has(`T${next}`)) own = `T${next}`;
      next++;
    }
    used.add(own);
    return `${own}\t${label} ${offsets.toCodePoint(start)} ${offsets.toCodePoint(end)}\t${flat(text.slice(start, end))}`;
  });
  return [...lines, ...other].map(line => `${line}\n`).join('');
}

function occurrencesNear(text: string, quote: string, at: number): number[] {
  const from = Math.max(0, at - REANCHOR_REACH);
  const region = text.slice(from, at + REANCHOR_REACH + quote.length);
  const found: number[] = [];
  for (let i = region.indexOf(quote); i >= 0 && found.length < 2; i = region.indexOf(quote, i + 1))
    found.push(from + i);
  return found;
}
