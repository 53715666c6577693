import { countWhile } from '../../core/countWhile';
import { firstToken } from '../../core/windows';
import type { Encoding } from '../../model/text/tokenOffsets';
import { chunkEnds } from './cutRule';
import { textDifference } from './textDifference';

/** A token of the text: [start, end) in it. */
export interface Token {
  id: number;
  start: number;
  end: number;
}

/** Where a token stands: [start, end) in the text, and its place among all tokens if those before are known. */
export interface TokenPlace {
  start: number;
  end: number;
  position: number | undefined;
}

interface Chunk {
  start: number;
  end: number;
  /** Offsets count from the chunk's start. */
  encoding?: Encoding;
}

/** Says which token: by its chunk and its place in it. Valid until the next `update`. */
export interface TokenRef {
  chunk: number;
  index: number;
}

/**
 * The tokens of a text, made chunk by chunk when asked for and kept as long as no edit touches the chunk. Where the
 * tokenizer allows no exact cut there is one chunk.
 */
export class TokenizedText {
  private text = '';
  private chunks: Chunk[] = [];

  /** `encode` tokenizes a chunk; it is told which is the first, which gets the token that begins a text. */
  constructor(
    private readonly encode: (text: string, first: boolean) => Encoding,
    private readonly exactCuts: boolean,
  ) {}

  /** Takes a new text; chunks that the difference does not touch keep their tokens. */
  update(text: string): void {
    const difference = textDifference(this.text, text);
    if (!difference && this.chunks.length > 0) return;
    const { start, end, newEnd } = difference ?? { start: 0, end: 0, newEnd: 0 };
    const delta = newEnd - end;
    // A cut depends on the letter before it and the space and letter after it.
    let kept = 0;
    while (kept < this.chunks.length && this.chunks[kept].end + 2 <= start) kept++;
    let after = this.chunks.length;
    while (after > kept && this.chunks[after - 1].start > end && after > 1) after--;
    const head = this.chunks.slice(0, kept);
    const tail = this.chunks
      .slice(after)
      .map(chunk => ({ ...chunk, start: chunk.start + delta, end: chunk.end + delta }));
    const from = head.at(-1)?.end ?? 0;
    const to = tail[0]?.start ?? text.length;
    const middle: Chunk[] = [];
    let at = from;
    for (const chunkEnd of from < to ? chunkEnds(text, from, to, this.exactCuts) : []) {
      middle.push({ start: at, end: chunkEnd });
      at = chunkEnd;
    }
    this.text = text;
    this.chunks = [...head, ...middle, ...tail];
  }

  /** Tokenizes what is left until `deadline` (performance.now()); true once nothing is. */
  encodeUntil(deadline: number): boolean {
    for (let i = 0; i < this.chunks.length; i++) {
      if (this.chunks[i].encoding) continue;
      if (performance.now() >= deadline) return false;
      this.encodingOf(i);
    }
    return true;
  }

  /** The first token that reaches beyond `offset`; undefined at the end of the text. */
  tokenFrom(offset: number): TokenRef | undefined {
    let chunk = this.chunkAt(offset);
    if (chunk < 0) return undefined;
    const index = firstToken(this.encodingOf(chunk).ends, offset - this.chunks[chunk].start);
    if (index >= 0) return { chunk, index };
    // Only a text that does not end in a token of its own comes here.
    while (++chunk < this.chunks.length)
      if (this.encodingOf(chunk).ids.length > 0) return { chunk, index: 0 };
    return undefined;
  }

  /** The token `by` places from `ref`; undefined outside the text. */
  step(ref: TokenRef, by: number): TokenRef | undefined {
    let { chunk } = ref;
    let index = ref.index + by;
    while (index < 0) {
      if (--chunk < 0) return undefined;
      index += this.encodingOf(chunk).ids.length;
    }
    while (index >= this.encodingOf(chunk).ids.length) {
      index -= this.encodingOf(chunk).ids.length;
      if (++chunk >= this.chunks.length) return undefined;
    }
    return { chunk, index };
  }

  /** The token of a reference. */
  token({ chunk, index }: TokenRef): Token {
    const { ids, starts, ends } = this.encodingOf(chunk);
    const { start } = this.chunks[chunk];
    return { id: ids[index], start: start + starts[index], end: start + ends[index] };
  }

  /** Its place among all tokens, if all before it are known. */
  position({ chunk, index }: TokenRef): number | undefined {
    const before = this.countBefore(chunk);
    return before === undefined ? undefined : before + index;
  }

  /** The token at a place among all tokens, tokenizing what comes before it; undefined beyond the end. */
  tokenAtPosition(position: number): TokenRef | undefined {
    return this.chunks.length > 0 ? this.step({ chunk: 0, index: 0 }, position) : undefined;
  }

  /** The first ids, at most `count`, tokenizing what is left of them. */
  firstIds(count: number): Int32Array {
    const ids = new Int32Array(count);
    let found = 0;
    for (let chunk = 0; chunk < this.chunks.length && found < count; chunk++) {
      const more = this.encodingOf(chunk).ids;
      const wanted = Math.min(more.length, count - found);
      for (let i = 0; i < wanted; i++) ids[found++] = more[i];
    }
    return ids.subarray(0, found);
  }

  /** The tokens that touch text[from, to). */
  *tokensIn(from: number, to: number): Generator<TokenPlace> {
    const first = this.chunkAt(from);
    let before = first < 0 ? undefined : this.countBefore(first);
    for (let chunk = Math.max(0, first); first >= 0 && chunk < this.chunks.length; chunk++) {
      const { start } = this.chunks[chunk];
      if (start >= to) return;
      const { ids, starts, ends } = this.encodingOf(chunk);
      for (let i = Math.max(0, firstToken(ends, from - start)); i < ids.length; i++) {
        if (start + starts[i] >= to) return;
        const position = before === undefined ? undefined : before + i;
        yield { start: start + starts[i], end: start + ends[i], position };
      }
      if (before !== undefined) before += ids.length;
    }
  }

  /** The number of tokens, if all are known. */
  get count(): number | undefined {
    return this.countBefore(this.chunks.length);
  }

  /** All tokens, tokenizing what is left. */
  all(): Encoding {
    const ids: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (const [i, { start }] of this.chunks.entries()) {
      const encoding = this.encodingOf(i);
      for (let k = 0; k < encoding.ids.length; k++) {
        ids.push(encoding.ids[k]);
        starts.push(start + encoding.starts[k]);
        ends.push(start + encoding.ends[k]);
      }
    }
    return { ids, starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
  }

  private encodingOf(chunk: number): Encoding {
    const { start, end, encoding } = this.chunks[chunk];
    return encoding ?? (this.chunks[chunk].encoding = this.encode(this.text.slice(start, end), chunk === 0));
  }

  private chunkAt(offset: number): number {
    if (offset < 0 || offset >= this.text.length) return -1;
    const found = countWhile(this.chunks.length, chunk => this.chunks[chunk].end <= offset);
    return found < this.chunks.length ? found : -1;
  }

  private countBefore(chunk: number): number | undefined {
    let count = 0;
    for (let i = 0; i < chunk; i++) {
      const { encoding } = this.chunks[i];
      if (!encoding) return undefined;
      count += encoding.ids.length;
    }
    return count;
  }
}
