import type { LabelledSpan } from '../../core/annotation';
import { formatAnn, parseAnn, quotedText } from '../../core/brat';
import { offsetMap } from '../../core/offsets';

/** What stands in an `.ann` text: its lines, and which of them is which span's. Every span has an id of its own. */
export interface Ann {
  text: string;
  lines: string[];
  spans: LabelledSpan[];
  lineOf: Map<string, number>;
  /** The text that the spans count in, and those of them whose line says exactly what they are. */
  of: string;
  settled: ReadonlySet<LabelledSpan>;
  /** The number of the next `T…` id. */
  nextId: number;
  /** 0-based lines, with what was moved or not understood; `lost` marks those that are kept but not used. */
  problems: { line: number; message: string; lost: boolean }[];
}

const BOM = '\uFEFF';
const LINE = /^(T\S*)\t(\S+) (\d+) (\d+)\t(.*)$/s;
const flat = (text: string) => text.replace(/[\r\n]/g, ' ');
const holds = (text: string, start: number, quote: string) =>
  text.startsWith(quote, start) || flat(text.slice(start, start + quote.length)) === flat(quote);

/** Lines read between two pauses: about a millisecond. */
const STEP = 256;

/** Reads an `.ann` text. Offsets of the spans count in `text`; with `bom` those of the file count the mark before it too. */
export function readAnn(ann: string, text: string, bom = false): Ann {
  const steps = readingAnn(ann, text, bom);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** As `readAnn`, with a pause wherever a caller may look after other things. */
export function* readingAnn(ann: string, text: string, bom = false): Generator<void, Ann> {
  const lines = ann.split(/\r?\n/);
  const file = bom ? BOM + text : text;
  const back = bom ? 1 : 0;
  const quoted = quotedText(file);
  const { offsets } = quoted;
  const result: Ann = {
    text: ann,
    lines,
    spans: [],
    lineOf: new Map(),
    of: text,
    settled: new Set(),
    nextId: 1,
    problems: [],
  };
  const settled = new Set<LabelledSpan>();
  const repeated: { span: LabelledSpan; line: number }[] = [];
  const add = (span: LabelledSpan, line: number, exact: boolean) => {
    span.start -= back;
    span.end -= back;
    result.spans.push(span);
    if (result.lineOf.has(span.id!)) {
      repeated.push({ span, line });
      return;
    }
    if (exact) settled.add(span);
    result.lineOf.set(span.id!, line);
  };
  const taken = (id: string) => {
    const number = Number(id.slice(1));
    if (number >= result.nextId) result.nextId = number + 1;
  };
  for (const [line, content] of lines.entries()) {
    if (content === '') continue;
    if (line % STEP === STEP - 1) yield;
    const match = LINE.exec(content);
    if (match) {
      // A line that is in order, nearly every one, is read here: the reader of the method looks at all the text for each call.
      const [, id, label, from, to, quote] = match;
      const [start, end] = [offsets.toUtf16(Number(from)), offsets.toUtf16(Number(to))];
      const inRange = Number(from) < Number(to) && Number(to) <= offsets.codePoints;
      if (inRange && end - start === quote.length && holds(file, start, quote)) {
        taken(id);
        add({ start, end, label, id }, line, true);
        continue;
      }
    }
    // A note may speak of a span that is gone: its id is not given again.
    for (const [id] of content.matchAll(/\bT\d+\b/g)) taken(id);
    const { spans, other, problems } = parseAnn(content, file, quoted);
    for (const span of spans) add({ ...span }, line, problems.length === 0);
    const lost = other.length > 0 && content.startsWith('T');
    for (const { message } of problems) result.problems.push({ line, message, lost });
    // Such a line takes as long as many that are in order.
    yield;
  }
  for (const { span, line } of repeated) {
    span.id = `T${result.nextId++}`;
    result.lineOf.set(span.id, line);
  }
  return { ...result, settled };
}

/**
 * The `.ann` text with `spans` in the place of its own: lines of spans keep their place, new ones follow the last of them,
 * all other lines stay as they are. Lines whose id is in `lost` are kept although their span is gone: their text may come back.
 */
export function rewriteAnn(
  ann: Ann,
  spans: readonly LabelledSpan[],
  text: string,
  { bom = false, lost = new Set() }: { bom?: boolean; lost?: ReadonlySet<string> } = {},
): Ann {
  let { nextId } = ann;
  const named = spans.map(span => (span.id === undefined ? { ...span, id: `T${nextId++}` } : span));
  const written = linesOf(ann, named, text, bom);
  const indexOf = new Map(named.map(({ id }, index) => [id!, index]));
  const owner = new Map([...ann.lineOf].map(([id, line]) => [line, id]));
  const lines: string[] = [];
  const lineOf = new Map<string, number>();
  const put = (index: number) => {
    lineOf.set(named[index].id!, lines.length);
    lines.push(written[index]);
  };
  let last = -1;
  for (const line of owner.keys()) last = Math.max(last, line);
  for (const [line, content] of ann.lines.slice(0, last + 1).entries()) {
    const id = owner.get(line);
    const index = id === undefined ? undefined : indexOf.get(id);
    if (index !== undefined) put(index);
    else if (id === undefined || lost.has(id)) lines.push(content);
  }
  for (const [index, { id }] of named.entries()) if (!lineOf.has(id!)) put(index);
  for (const content of ann.lines.slice(last + 1)) lines.push(content);
  while (lines.at(-1) === '') lines.pop();
  const eol = ann.text.includes('\r\n') ? '\r\n' : '\n';
  const rewritten = lines.map(line => line + eol).join('');
  return {
    text: rewritten,
    lines: lines.length > 0 ? [...lines, ''] : [''],
    spans: named,
    lineOf,
    of: text,
    settled: new Set(named),
    nextId,
    problems: [],
  };
}

/** The line of each span: that of `ann` where it still holds, with new offsets where only they changed, else a new one. */
function linesOf(ann: Ann, spans: readonly LabelledSpan[], text: string, bom: boolean): string[] {
  const settled = ann.of === text ? ann.settled : new Set();
  const file = bom ? BOM + text : text;
  const forward = bom ? 1 : 0;
  const offsets = offsetMap(file);
  const fresh: LabelledSpan[] = [];
  const lines = spans.map(span => {
    const line = ann.lineOf.get(span.id!);
    const old = line === undefined ? '' : ann.lines[line];
    if (settled.has(span)) return old;
    const [start, end] = [span.start + forward, span.end + forward];
    const [, id, label, , , quote] = LINE.exec(old) ?? [];
    const same = id === span.id && label === span.label && quote?.length === end - start;
    if (same && file.startsWith(quote, start))
      return `${id}\t${label} ${offsets.toCodePoint(start)} ${offsets.toCodePoint(end)}\t${quote}`;
    fresh.push({ ...span, start, end });
    return undefined;
  });
  const formed = fresh.length > 0 ? formatAnn(fresh, file).split('\n') : [];
  let next = 0;
  return lines.map(line => line ?? formed[next++]);
}
