import type { ParsedRollout } from '../../core/rollout';
import type { RolloutTokenizer, TemplatedRollout } from './rolloutTokenizer';
import type { Token, TokenizedText, TokenPlace, TokenRef } from './tokenizedText';

/** A stretch of a file, UTF-16 [start, end). */
export interface OffsetRange {
  start: number;
  end: number;
}

/** A token and its place among all tokens of the rollout, the template's included, once those before it are counted. */
export interface PlacedToken extends Token {
  position: number | undefined;
}

const LETTER_BEFORE = /\p{L}$/u;
const LETTER_FIRST = /^\p{L}/u;
/** Tokens; a word at the start of a sentence ("Hmm") is rarely more. */
const LONGEST_WORD = 4;

/** The tokens of a rollout file: template(prompt) + response, with every place given in the file. */
export class RolloutTokens {
  private readonly tokens: TokenizedText;
  private templated: TemplatedRollout = { text: '', responseStart: 0, promptStart: undefined };
  private rollout: ParsedRollout = { prompt: '', response: '', promptStart: 0, responseStart: 0 };

  constructor(readonly tokenizer: RolloutTokenizer) {
    this.tokens = tokenizer.newText();
  }

  /** Takes the rollout as it is now. */
  update(rollout: ParsedRollout): void {
    this.rollout = rollout;
    this.templated = this.tokenizer.templated(rollout);
    this.tokens.update(this.templated.text);
  }

  /** Tokenizes what is left until `deadline` (performance.now()); true once nothing is. */
  encodeUntil(deadline: number): boolean {
    return this.tokens.encodeUntil(deadline);
  }

  /** Number of tokens, the template's included, if all are known by now. */
  get count(): number | undefined {
    return this.tokens.count;
  }

  /** The ids of the first tokens, at most `count`. */
  firstIds(count: number): Int32Array {
    return this.tokens.firstIds(count);
  }

  /** The place of the response's first token among all tokens, once those before it are counted. */
  get responsePosition(): number | undefined {
    const first = this.refAt(this.rollout.responseStart);
    return first ? this.tokens.position(first) : this.count;
  }

  /** The window of a label that starts at `start`: tokens first+offset … first+offset+length-1; null if none of it stands in the file. */
  window(start: number, offset: number, length: number): OffsetRange | null {
    const refs = this.windowRefs(start, offset, length);
    return refs && this.inFile(this.tokens.token(refs[0]).start, this.tokens.token(refs[1]).end);
  }

  /** First and last token of that window, cut to the text's tokens; null if nothing is left of it. */
  windowTokens(start: number, offset: number, length: number): [PlacedToken, PlacedToken] | null {
    const refs = this.windowRefs(start, offset, length);
    return refs && [this.placed(refs[0]), this.placed(refs[1])];
  }

  /** The first token of a label that starts at `start`, with the tokens that go on its first word; line breaks left out. */
  firstWord(start: number): OffsetRange | null {
    const first = this.refAt(start);
    if (!first) return null;
    const { text } = this.templated;
    const token = this.tokens.token(first);
    let end = token.end;
    for (let i = 1; i < LONGEST_WORD; i++) {
      const next = this.tokens.step(first, i);
      if (!next) break;
      const { start: from, end: to } = this.tokens.token(next);
      const goesOn =
        from === end &&
        LETTER_BEFORE.test(text.slice(end - 2, end)) &&
        LETTER_FIRST.test(text.slice(from, to));
      if (!goesOn) break;
      end = to;
    }
    const lead = /^\s*[\r\n]/.exec(text.slice(token.start, end))?.[0].length ?? 0;
    const range = this.inFile(token.start + lead, end);
    if (!range) return null;
    const tail = /[\r\n]\s*$/.exec(text.slice(token.start + lead, end))?.[0].length ?? 0;
    return { start: range.start, end: Math.max(range.start + 1, range.end - tail) };
  }

  /** The token at a place of the file. */
  tokenAt(offset: number): PlacedToken | undefined {
    const ref = this.refAt(offset);
    return ref && this.placed(ref);
  }

  /** The token at a place among all tokens, tokenizing what comes before it; undefined beyond the end. */
  tokenAtPosition(position: number): PlacedToken | undefined {
    const ref = this.tokens.tokenAtPosition(position);
    return ref && { ...this.tokens.token(ref), position };
  }

  /** Where a token stands in the file; null for one that the template wrote. */
  placeOf({ start, end }: Token): OffsetRange | null {
    return this.inFile(start, end);
  }

  /** The tokens that touch [from, to) of the file's response. */
  *tokensIn(from: number, to: number): Generator<TokenPlace> {
    const shift = this.rollout.responseStart - this.templated.responseStart;
    const first = Math.max(from, this.rollout.responseStart) - shift;
    for (const { start, end, position } of this.tokens.tokensIn(first, to - shift))
      yield { start: Math.max(start + shift, this.rollout.responseStart), end: end + shift, position };
  }

  private windowRefs(start: number, offset: number, length: number): [TokenRef, TokenRef] | null {
    const first = this.refAt(start);
    if (!first) return null;
    let from: TokenRef | undefined;
    let to: TokenRef | undefined;
    for (let i = offset; i < offset + length && !from; i++) from = this.tokens.step(first, i);
    for (let i = offset + length - 1; i >= offset && !to; i--) to = this.tokens.step(first, i);
    return from && to ? [from, to] : null;
  }

  private placed(ref: TokenRef): PlacedToken {
    return { ...this.tokens.token(ref), position: this.tokens.position(ref) };
  }

  private refAt(offset: number): TokenRef | undefined {
    const { responseStart, promptStart, prompt } = this.rollout;
    if (offset >= responseStart)
      return this.tokens.tokenFrom(offset - responseStart + this.templated.responseStart);
    if (
      this.templated.promptStart === undefined ||
      offset < promptStart ||
      offset >= promptStart + prompt.length
    )
      return undefined;
    return this.tokens.tokenFrom(offset - promptStart + this.templated.promptStart);
  }

  /** What of [start, end) of the templated text stands in the file; what the template wrote does not. */
  private inFile(start: number, end: number): OffsetRange | null {
    const { responseStart, promptStart, prompt } = this.rollout;
    const shift = responseStart - this.templated.responseStart;
    if (end > this.templated.responseStart) {
      const from = Math.max(start, this.templated.responseStart) + shift;
      return from < end + shift ? { start: from, end: end + shift } : null;
    }
    if (this.templated.promptStart === undefined) return null;
    const back = promptStart - this.templated.promptStart;
    const from = Math.max(start + back, promptStart);
    const to = Math.min(end + back, promptStart + prompt.length);
    return from < to ? { start: from, end: to } : null;
  }
}
