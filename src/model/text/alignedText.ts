import type { Json } from './tokenizerFiles';

/** A text and, for each of its UTF-16 units, the range of units of the original text that it comes from. */
export interface AlignedText {
  text: string;
  starts: Int32Array;
  ends: Int32Array;
}

/** `text.slice(start, end)`, each unit aligned with the whole character (both halves of a surrogate pair) it belongs to. */
export function alignSlice(text: string, start: number, end: number): AlignedText {
  const starts = new Int32Array(end - start);
  const ends = new Int32Array(end - start);
  for (let i = start; i < end; ) {
    const size = i + 1 < end && text.codePointAt(i)! > 0xffff ? 2 : 1;
    for (let j = i; j < i + size; j++) {
      starts[j - start] = i;
      ends[j - start] = i + size;
    }
    i += size;
  }
  return { text: text.slice(start, end), starts, ends };
}

/** Units `start` to `end` of an aligned text. */
export function sliceAligned(aligned: AlignedText, start: number, end: number): AlignedText {
  const { text, starts, ends } = aligned;
  return {
    text: text.slice(start, end),
    starts: starts.subarray(start, end),
    ends: ends.subarray(start, end),
  };
}

/**
 * Applies a normaliser of tokenizer.json (NFC, Prepend, Replace of a string, and sequences of them), keeping the
 * alignment. Any other one leaves the text as it is: compare the result with the library's, and refuse a difference.
 */
export function normalizeAligned(aligned: AlignedText, normalizer: Json | null | undefined): AlignedText {
  if (!normalizer || aligned.text === '') return aligned;
  switch (normalizer.type) {
    case 'Sequence':
      return (normalizer.normalizers as Json[]).reduce(normalizeAligned, aligned);
    case 'NFC':
      return composeAligned(aligned);
    case 'Prepend':
      return prependAligned(aligned, normalizer.prepend as string);
    case 'Replace': {
      const pattern = (normalizer.pattern as Json).String;
      if (typeof pattern !== 'string' || pattern === '') return aligned;
      return replaceAligned(aligned, pattern, (normalizer.content as string | undefined) ?? '');
    }
    default:
      return aligned;
  }
}

class Builder {
  private text = '';
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  add(text: string, start: number, end: number): void {
    this.text += text;
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  copy(from: AlignedText, start: number, end: number): void {
    this.text += from.text.slice(start, end);
    for (let i = start; i < end; i++) {
      this.starts.push(from.starts[i]);
      this.ends.push(from.ends[i]);
    }
  }

  build(): AlignedText {
    return { text: this.text, starts: Int32Array.from(this.starts), ends: Int32Array.from(this.ends) };
  }
}

// The prepended characters get the range of the first character, as in Hugging Face's `NormalizedString::prepend`.
function prependAligned(aligned: AlignedText, prefix: string): AlignedText {
  const builder = new Builder();
  builder.add(prefix, aligned.starts[0], aligned.ends[0]);
  builder.copy(aligned, 0, aligned.text.length);
  return builder.build();
}

function replaceAligned(aligned: AlignedText, pattern: string, content: string): AlignedText {
  const { text, starts, ends } = aligned;
  // One unit for one unit (' ' to '▁', the usual case) keeps the arrays.
  if (pattern.length === 1 && content.length === 1)
    return { text: text.replaceAll(pattern, content), starts, ends };
  const builder = new Builder();
  let from = 0;
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, from)) {
    builder.copy(aligned, from, at);
    builder.add(content, starts[at], ends[at + pattern.length - 1]);
    from = at + pattern.length;
  }
  builder.copy(aligned, from, text.length);
  return builder.build();
}

function composeAligned(aligned: AlignedText): AlignedText {
  const { text, starts, ends } = aligned;
  if (text.normalize('NFC') === text) return aligned;
  const builder = new Builder();
  const characters = [...text];
  let at = 0;
  for (let i = 0; i < characters.length; ) {
    // The shortest run that composes by itself: what follows begins with a character that does not reach back into it.
    let run = characters[i++];
    while (i < characters.length && reachesBack(run, characters[i])) run += characters[i++];
    const end = at + run.length;
    const composed = run.normalize('NFC');
    if (composed === run) builder.copy(aligned, at, end);
    else builder.add(composed, starts[at], ends[end - 1]);
    at = end;
  }
  return builder.build();
}

function reachesBack(run: string, next: string): boolean {
  if (next.charCodeAt(0) < 0x300) return false;
  return (
    /^\p{M}/u.test(next) || (run + next).normalize('NFC') !== run.normalize('NFC') + next.normalize('NFC')
  );
}
