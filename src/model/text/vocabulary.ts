import { bytesOfByteLevelToken } from './byteAlphabet';
import type { AddedTokenEntry, Json, TokenizerFiles } from './tokenizerFiles';
import type { TokenizerKind } from './tokenizerKind';

const EMPTY = new Uint8Array(0);
const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;

/** The tokens of a tokenizer: as the file writes them, as bytes and as text for people. */
export class Vocabulary {
  /** One more than the largest id. Not every id below need have a token. */
  readonly size: number;
  private readonly tokens: (string | undefined)[];
  private readonly ids: Map<string, number>;
  private readonly bytes: (Uint8Array | undefined)[] = [];
  private readonly added = new Map<number, AddedTokenEntry>();
  private readonly encoder = new TextEncoder();
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(
    files: TokenizerFiles,
    private readonly kind: TokenizerKind,
  ) {
    this.tokens = files.parts?.tokens ?? [];
    this.ids = files.parts?.ids ?? new Map();
    const vocab = ((files.tokenizer.model as Json).vocab ?? {}) as Record<string, number>;
    for (const [token, id] of Object.entries(vocab)) this.set(token, id);
    for (const entry of files.added) {
      this.set(entry.content, entry.id);
      this.added.set(entry.id, entry);
    }
    this.size = this.tokens.length;
  }

  private set(token: string, id: number): void {
    this.tokens[id] = token;
    this.ids.set(token, id);
  }

  /** The id of a token as tokenizer.json writes it. */
  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  /** The token as tokenizer.json writes it. */
  token(id: number): string | undefined {
    return this.tokens[id];
  }

  isAdded(id: number): boolean {
    return this.added.has(id);
  }

  isSpecial(id: number): boolean {
    return this.added.get(id)?.special === true;
  }

  /** True for <0xNN>, one byte of a character that has no token of its own. */
  isByteToken(id: number): boolean {
    return this.kind.byteFallback && !this.added.has(id) && BYTE_TOKEN.test(this.tokens[id] ?? '');
  }

  /** The UTF-8 bytes a token puts into a text, '▁' as a space; none for an id without a token. */
  bytesOf(id: number): Uint8Array {
    return (this.bytes[id] ??= this.spell(id));
  }

  private spell(id: number): Uint8Array {
    const token = this.tokens[id];
    if (token === undefined) return EMPTY;
    if (this.added.has(id)) return this.encoder.encode(token);
    if (this.kind.byteLevel) return bytesOfByteLevelToken(token) ?? this.encoder.encode(token);
    const byte = this.kind.byteFallback ? BYTE_TOKEN.exec(token) : null;
    if (byte) return Uint8Array.of(Number.parseInt(byte[1], 16));
    return this.encoder.encode(this.kind.spaceMarks ? token.replaceAll('▁', ' ') : token);
  }

  /** A token as text; one that is not whole characters as <0xNN> for each byte, an id without a token as [id]. */
  textOf(id: number): string {
    if (this.tokens[id] === undefined) return `[${id}]`;
    const bytes = this.bytesOf(id);
    try {
      return this.strict.decode(bytes);
    } catch {
      return Array.from(bytes, byte => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`).join('');
    }
  }
}
