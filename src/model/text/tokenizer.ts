import { Tokenizer as Library } from '@huggingface/tokenizers';
import { UserError } from '../../core/errors';
import { AddedTokenSplitter, type TextPart } from './addedTokens';
import { type AlignedText, alignSlice, normalizeAligned, sliceAligned } from './alignedText';
import { type DecodeOptions, StreamDecoder } from './streamDecoder';
import {
  type Json,
  readTokenizerFiles,
  readTokenizerFilesSliced,
  specialTokenText,
  type TokenizerFiles,
} from './tokenizerFiles';
import { forLibrary, type TokenizerKind, tokenizerKind } from './tokenizerKind';
import type { TokenizerParts } from './tokenizerParts';
import { appendOffsets, type Encoding, EncodingBuilder, TokenizerError } from './tokenOffsets';
import { Vocabulary } from './vocabulary';

/** What `Tokenizer.encode` gives. */
export type { Encoding } from './tokenOffsets';

const SENTINEL = '\u0000sequence';

/** Opens the tokenizer of a Hugging Face folder (tokenizer.json, tokenizer_config.json). Throws UserError for kinds not supported. */
export function loadTokenizer(folder: string): Tokenizer {
  return new Tokenizer(readTokenizerFiles(folder));
}

/** As `loadTokenizer`, in slices that keep an editor's event loop free. */
export async function loadTokenizerSliced(folder: string): Promise<Tokenizer> {
  return new Tokenizer(await readTokenizerFilesSliced(folder));
}

/**
 * A BPE tokenizer, byte-level (Llama 3, Qwen, GPT-2) or with '▁' and byte fallback (Llama 2, Mistral), with the exact
 * place of every token in the text. Ids equal Hugging Face's; the library encodes words, the rest is done here.
 */
export class Tokenizer {
  /** The folder's name. */
  readonly name: string;
  /** sha256 of tokenizer.json, hexadecimal. */
  readonly hash: string;
  readonly bosId: number | undefined;
  readonly eosId: number | undefined;
  /** Ids that tokenizer.json marks as special. */
  readonly specialIds: ReadonlySet<number>;
  private readonly kind: TokenizerKind;
  private readonly library: Library;
  private readonly words: Vocabulary;
  private readonly normalizer: Json | null;
  private readonly rawAdded: AddedTokenSplitter;
  private readonly normalAdded: AddedTokenSplitter;
  private readonly before: number[];
  private readonly after: number[];
  private texts: string[] | undefined;

  constructor(files: TokenizerFiles) {
    this.name = files.name;
    this.hash = files.hash;
    this.kind = tokenizerKind(files);
    this.library = openLibrary(files);
    this.words = new Vocabulary(files, this.kind);
    this.normalizer = (files.tokenizer.normalizer ?? null) as Json | null;
    this.rawAdded = new AddedTokenSplitter(files.added.filter(entry => !entry.normalized));
    this.normalAdded = new AddedTokenSplitter(
      files.added.filter(entry => entry.normalized),
      entry => this.library.normalizer?.normalize(entry.content) ?? entry.content,
    );
    this.specialIds = new Set(files.added.filter(entry => entry.special).map(entry => entry.id));
    this.bosId = this.words.idOf(specialTokenText(files.config.bos_token) ?? '');
    this.eosId = this.words.idOf(specialTokenText(files.config.eos_token) ?? '');
    [this.before, this.after] = this.postProcessed();
  }

  /** One more than the largest id (the model's own vocabulary may be padded beyond it). */
  get vocabSize(): number {
    return this.words.size;
  }

  /**
   * Ids and ranges (UTF-16 units of `text`, white space included, never trimmed). A token that holds part of a
   * character's bytes covers the whole character; tokens that `addSpecialTokens` puts around the text cover nothing.
   * Special tokens written in the text are recognised either way. Throws TokenizerError where tokens do not spell the text.
   */
  encode(text: string, { addSpecialTokens }: { addSpecialTokens: boolean }): Encoding {
    const into = new EncodingBuilder();
    if (addSpecialTokens) for (const id of this.before) into.add(id, 0, 0);
    for (const part of this.rawAdded.split(text)) {
      if (part.id !== undefined) into.add(part.id, part.start, part.end);
      else this.encodeSection(text, part, into);
    }
    if (addSpecialTokens) for (const id of this.after) into.add(id, text.length, text.length);
    return into.build();
  }

  /** The text of the ids. Like Hugging Face's decode it drops the space that a SentencePiece tokenizer puts in front, unless they continue a text. */
  decode(ids: Iterable<number>, options: DecodeOptions & { continuation?: boolean } = {}): string {
    const stream = this.streamDecoder(options);
    let text = '';
    for (const id of ids) text += stream.push(id);
    text += stream.flush();
    return this.kind.stripsLead && !options.continuation && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** A decoder for one sequence whose tokens come one by one. */
  streamDecoder(options: DecodeOptions = {}): StreamDecoder {
    return new StreamDecoder(this.words, options);
  }

  /** One token as text for people: see `Vocabulary.textOf`. */
  tokenText(id: number): string {
    return this.words.textOf(id);
  }

  /** The text of every id, as `tokenText` gives it. */
  vocabulary(): string[] {
    return (this.texts ??= Array.from({ length: this.words.size }, (_, id) => this.words.textOf(id)));
  }

  /** The id of a token as tokenizer.json writes it ("ĠWait", "▁Wait", "<think>"). */
  idOf(token: string): number | undefined {
    return this.words.idOf(token);
  }

  /** The token of an id as tokenizer.json writes it. */
  rawToken(id: number): string | undefined {
    return this.words.token(id);
  }

  /** True for entries of `added_tokens` (special ones and others). */
  isAdded(id: number): boolean {
    return this.words.isAdded(id);
  }

  private encodeSection(text: string, part: TextPart, into: EncodingBuilder): void {
    const original = alignSlice(text, part.start, part.end);
    const aligned = normalizeAligned(original, this.normalizer);
    if (this.library.normalizer && this.library.normalizer.normalize(original.text) !== aligned.text) {
      throw new TokenizerError(
        `The tokenizer of ${this.name} rewrites text in a way (${this.normalizer?.type}) that cannot be traced back.`,
      );
    }
    for (const { start, end, id } of this.normalAdded.split(aligned.text)) {
      if (id !== undefined) into.add(id, aligned.starts[start], aligned.ends[end - 1]);
      else this.encodeWords(text, sliceAligned(aligned, start, end), into);
    }
  }

  private encodeWords(text: string, section: AlignedText, into: EncodingBuilder): void {
    const { pre_tokenizer, model } = this.library;
    const first = section.starts[0] === 0;
    const given = this.kind.addsSpace && !section.text.startsWith(' ') ? ` ${section.text}` : section.text;
    let words = pre_tokenizer?.pre_tokenize(given, { section_index: first ? 0 : 1 }) ?? [given];
    if (this.kind.cutAtMarks) words = words.flatMap(word => word.split(/(?=▁)/u));
    const ids = model!.encode(words).map(token => this.words.idOf(token) ?? -1);
    const spelled = this.kind.spaceMarks ? { ...section, text: section.text.replaceAll('▁', ' ') } : section;
    const wrong = appendOffsets(spelled, ids, id => this.words.bytesOf(id), this.kind.prefix, into);
    if (wrong < 0) return;
    const at = section.starts[wrong];
    const code = text.codePointAt(at)!;
    const shown = `${JSON.stringify(String.fromCodePoint(code))} (U+${code.toString(16).toUpperCase().padStart(4, '0')})`;
    throw new TokenizerError(
      `The tokenizer of ${this.name} cannot spell ${shown} at offset ${at}: it has no token for it, or is of a kind not supported.`,
    );
  }

  /** The ids that the post-processor puts before and after a text. */
  private postProcessed(): [number[], number[]] {
    const tokens = this.library.post_processor?.post_process([SENTINEL], null, true).tokens ?? [SENTINEL];
    const at = tokens.indexOf(SENTINEL);
    const ids = (some: string[]) =>
      some.map(token => {
        const id = this.words.idOf(token);
        if (id === undefined)
          throw new UserError(`The tokenizer of ${this.name} adds a token it does not know: ${token}.`);
        return id;
      });
    return [ids(tokens.slice(0, at)), ids(tokens.slice(at + 1))];
  }
}

function openLibrary(files: TokenizerFiles): Library {
  const { normalizer = null, post_processor = null, decoder = null, added_tokens = [] } = files.tokenizer;
  try {
    const library = new Library(
      { ...forLibrary(files.tokenizer), normalizer, post_processor, decoder, added_tokens },
      files.config,
    );
    if (files.parts) giveParts(library, files, files.parts);
    return library;
  } catch (error) {
    throw new UserError(`The tokenizer of ${files.name} is not supported: ${(error as Error).message}`);
  }
}

/** The library's constructor reads vocabulary and merges in one piece; those read in slices are put in their place. */
function giveParts(library: Library, { tokenizer, added }: TokenizerFiles, parts: TokenizerParts): void {
  const model = library.model as unknown as LibraryModel;
  for (const { id, content } of added) {
    parts.ids.set(content, id);
    parts.tokens[id] = content;
  }
  model.tokens_to_ids = parts.ids;
  model.vocab = parts.tokens;
  model.bpe_ranks = parts.ranks;
  const unknown = (tokenizer.model as Json).unk_token;
  model.unk_token_id = typeof unknown === 'string' ? parts.ids.get(unknown) : undefined;
}

/** What the library's BPE model keeps of the file. */
interface LibraryModel {
  tokens_to_ids: Map<string, number>;
  vocab: (string | undefined)[];
  bpe_ranks: Map<string, number>;
  unk_token_id: number | undefined;
}
