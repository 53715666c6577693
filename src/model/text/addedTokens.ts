import type { AddedTokenEntry } from './tokenizerFiles';

/** A part of a text: an added token (`id` given) or ordinary text. UTF-16 units; a token that strips includes the white space. */
export interface TextPart {
  start: number;
  end: number;
  id?: number;
}

interface Node {
  next: Map<number, Node>;
  entry?: AddedTokenEntry;
}

const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]$/u;
const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u;
const WHITE = /\p{White_Space}/u;

/**
 * Finds added tokens in text: the leftmost, of these the longest, as Hugging Face's `AddedVocabulary` does.
 * The library's own splitter knows neither `single_word` nor the positions.
 */
export class AddedTokenSplitter {
  private readonly root: Node = { next: new Map() };
  private readonly empty: boolean;

  /** `content` gives the text by which an entry is found. */
  constructor(
    entries: AddedTokenEntry[],
    content: (entry: AddedTokenEntry) => string = entry => entry.content,
  ) {
    this.empty = entries.length === 0;
    for (const entry of entries) {
      let node = this.root;
      for (const unit of units(content(entry))) {
        let child = node.next.get(unit);
        if (!child) node.next.set(unit, (child = { next: new Map() }));
        node = child;
      }
      if (node !== this.root) node.entry ??= entry;
    }
  }

  /** The parts of the text in order, without gaps and without empty ones. */
  split(text: string): TextPart[] {
    const parts: TextPart[] = [];
    let done = 0;
    for (let at = 0; !this.empty && at < text.length; ) {
      const match = this.matchAt(text, at);
      if (!match) {
        at++;
        continue;
      }
      const { entry, end: found } = match;
      let start = at;
      let end = found;
      at = found;
      if (
        entry.singleWord &&
        (WORD_BEFORE.test(before(text, start)) || WORD_AFTER.test(text.slice(end, end + 2)))
      )
        continue;
      if (entry.lstrip) start = Math.max(done, whiteStart(text, start));
      if (entry.rstrip) end = whiteEnd(text, end);
      if (start < done) continue;
      if (done < start) parts.push({ start: done, end: start });
      parts.push({ start, end, id: entry.id });
      done = end;
      at = Math.max(at, end);
    }
    if (done < text.length) parts.push({ start: done, end: text.length });
    return parts;
  }

  private matchAt(text: string, at: number): { entry: AddedTokenEntry; end: number } | undefined {
    let found: { entry: AddedTokenEntry; end: number } | undefined;
    let node = this.root.next.get(text.charCodeAt(at));
    for (let i = at + 1; node; i++) {
      if (node.entry) found = { entry: node.entry, end: i };
      node = i < text.length ? node.next.get(text.charCodeAt(i)) : undefined;
    }
    return found;
  }
}

function* units(text: string): Generator<number> {
  for (let i = 0; i < text.length; i++) yield text.charCodeAt(i);
}

function before(text: string, end: number): string {
  return text.slice(Math.max(0, end - 2), end);
}

function whiteStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && WHITE.test(text[start - 1])) start--;
  return start;
}

function whiteEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && WHITE.test(text[end])) end++;
  return end;
}
