import type { Vocabulary } from './vocabulary';

/** What a decoder may leave out. */
export interface DecodeOptions {
  /** Leaves out tokens marked special in tokenizer.json. Default: false. */
  skipSpecialTokens?: boolean;
}

/**
 * Decodes one sequence token by token. A character whose bytes are not all there yet is held back; bytes that can
 * become no character read as U+FFFD. A run of byte tokens (<0xNN>) is read as a whole and, as in Hugging Face, gives
 * one U+FFFD for each byte if any part of it is no character. A leading space is kept: the tokens continue a text.
 */
export class StreamDecoder {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
  private run: number[] = [];

  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly options: DecodeOptions = {},
  ) {}

  /** The text that is certain after this token: '' while a character or a run of byte tokens is incomplete. */
  push(id: number): string {
    if (this.options.skipSpecialTokens && this.vocabulary.isSpecial(id)) return '';
    const bytes = this.vocabulary.bytesOf(id);
    if (this.vocabulary.isByteToken(id)) {
      this.run.push(bytes[0]);
      return '';
    }
    return this.endRun() + this.decoder.decode(bytes, { stream: true });
  }

  /** What was held back. The decoder is then ready for another sequence. */
  flush(): string {
    return this.endRun() + this.decoder.decode();
  }

  private endRun(): string {
    if (this.run.length === 0) return '';
    const bytes = Uint8Array.from(this.run);
    this.run = [];
    try {
      return this.strict.decode(bytes);
    } catch {
      return '\uFFFD'.repeat(bytes.length);
    }
  }
}
