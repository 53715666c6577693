import type { Vocabulary } from './vocabulary';

/** What a decoder may leave out. */
export interface DecodeOptions {
  /** Leaves out tokens marked special in tokenizer.json. Default: false. */
  skipSpecialTokens?: boolean;
}

/**
 * Decodes one sequence token by token. A character whose bytes are not all there yet is held back; bytes that can
 * become no character read as U+FFFD. A leading space is kept: the tokens continue a text.
 */
export class StreamDecoder {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly options: DecodeOptions = {},
  ) {}

  /** The text that is certain after this token: '' while a character is incomplete. */
  push(id: number): string {
    if (this.options.skipSpecialTokens && this.vocabulary.isSpecial(id)) return '';
    return this.decoder.decode(this.vocabulary.bytesOf(id), { stream: true });
  }

  /** What was held back, as U+FFFD. The decoder is then ready for another sequence. */
  flush(): string {
    return this.decoder.decode();
  }
}
