import { countWhile } from './countWhile';

/** Converts offsets of one text between UTF-16 units and code points. */
export interface OffsetMap {
  /** Number of code points of the text. */
  readonly codePoints: number;
  /** Code points before the UTF-16 offset; an offset inside a surrogate pair counts the pair. */
  toCodePoint(utf16: number): number;
  /** UTF-16 offset at which the n-th code point begins; its number of code points maps to the text's length. */
  toUtf16(codePoint: number): number;
}

/** One pass over `text`; then O(1) per look-up without astral characters and O(log n) in their number otherwise. */
export function offsetMap(text: string): OffsetMap {
  const pairs: number[] = [];
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00)
      pairs.push(i++);
  }
  return {
    codePoints: text.length - pairs.length,
    toCodePoint: utf16 => utf16 - countWhile(pairs.length, k => pairs[k] + 1 < utf16),
    toUtf16: codePoint => codePoint + countWhile(pairs.length, k => pairs[k] - k < codePoint),
  };
}
