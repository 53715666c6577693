import { UserError } from '../../core/errors';
import type { AlignedText } from './alignedText';

/** Ids of a text with their ranges in UTF-16 units of it: token t covers text.slice(starts[t], ends[t]). */
export interface Encoding {
  ids: number[];
  starts: Int32Array;
  ends: Int32Array;
}

/** A tokenizer whose tokens do not spell the text it was given: an unknown character, or a kind of tokenizer not known here. */
export class TokenizerError extends UserError {
  override name = 'TokenizerError';
}

/** Bytes that tokens may have in front without standing in the text (a space that the tokenizer puts before it). */
export interface PrefixRule {
  bytes: Uint8Array;
  /** True: before any word; false: only where the section begins. */
  anywhere: boolean;
}

/** Collects ids and ranges. */
export class EncodingBuilder {
  readonly ids: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  add(id: number, start: number, end: number): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }

  build(): Encoding {
    return { ids: this.ids, starts: Int32Array.from(this.starts), ends: Int32Array.from(this.ends) };
  }
}

/**
 * Walks the bytes of the tokens along the bytes of a section and appends each token with the characters it touches.
 * Every byte is compared. Returns the unit of `section.text` at which the tokens stop spelling it, or -1 if they all do.
 */
export function appendOffsets(
  section: AlignedText,
  ids: number[],
  bytesOf: (id: number) => Uint8Array,
  prefix: PrefixRule | undefined,
  into: EncodingBuilder,
): number {
  const { bytes, unitOf } = encodeUnits(section.text);
  const { starts, ends } = section;
  let at = 0;
  for (const id of ids) {
    const token = bytesOf(id);
    let length = token.length;
    if (length === 0) return unitOf[at] ?? 0;
    if (!matches(bytes, at, token, 0)) {
      const virtual = prefix && (prefix.anywhere || at === 0) && matches(token, 0, prefix.bytes, 0);
      if (!virtual || !matches(bytes, at, token, prefix.bytes.length))
        return unitOf[Math.min(at, bytes.length - 1)];
      length -= prefix.bytes.length;
    }
    // A prefix by itself gets the range of the character it stands before.
    into.add(id, starts[unitOf[at]], ends[unitOf[Math.max(at, at + length - 1)]]);
    at += length;
  }
  return at === bytes.length ? -1 : unitOf[at];
}

function matches(bytes: Uint8Array, at: number, token: Uint8Array, from: number): boolean {
  if (at + token.length - from > bytes.length) return false;
  for (let i = from; i < token.length; i++) if (bytes[at + i - from] !== token[i]) return false;
  return true;
}

/** UTF-8 of a text, and for each byte the index of the UTF-16 unit its character begins with. A lone surrogate reads as U+FFFD. */
function encodeUnits(text: string): { bytes: Uint8Array; unitOf: Int32Array } {
  const bytes = new TextEncoder().encode(text);
  const unitOf = new Int32Array(bytes.length);
  let unit = -1;
  let wide = false;
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] & 0xc0) !== 0x80) {
      unit += wide ? 2 : 1;
      wide = bytes[i] >= 0xf0;
    }
    unitOf[i] = unit;
  }
  return { bytes, unitOf };
}
