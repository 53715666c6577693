import { UserError } from '../../core/errors';
import type { Json, TokenizerFiles } from './tokenizerFiles';
import type { PrefixRule } from './tokenOffsets';

/** How a tokenizer spells text, read off tokenizer.json. */
export interface TokenizerKind {
  /** Tokens are written in GPT-2's byte alphabet. */
  byteLevel: boolean;
  /** '▁' stands for a space (SentencePiece). */
  spaceMarks: boolean;
  /** <0xNN> stands for a byte. */
  byteFallback: boolean;
  /** A Metaspace pre-tokenizer that cuts before every '▁'; the library's does not. */
  cutAtMarks: boolean;
  /** The decoder drops one space at the beginning of a text. */
  stripsLead: boolean;
  prefix: PrefixRule | undefined;
  /** A space is put before a section that does not begin with one (GPT-2's add_prefix_space), before it is split. */
  addsSpace: boolean;
}

const SPACE = Uint8Array.of(0x20);

// What the ByteLevel pre-tokenizer splits by (openai/gpt-2, encoder.py).
const GPT2_PATTERN = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** Reads the kind; throws UserError for tokenizers that the library would encode otherwise than Hugging Face does. */
export function tokenizerKind({ name, tokenizer }: TokenizerFiles): TokenizerKind {
  const model = (tokenizer.model ?? {}) as Json;
  // Files older than the `type` field hold merges if they are BPE.
  const type = model.type ?? (model.merges ? 'BPE' : 'unknown');
  if (type !== 'BPE')
    throw new UserError(`${name}: a tokenizer of type ${type} is not supported, only BPE is.`);
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    if (model[key]) throw new UserError(`${name}: a BPE tokenizer with ${key} is not supported.`);
  }
  const preTokenizers = flatten(tokenizer.pre_tokenizer, 'pretokenizers');
  const decoders = flatten(tokenizer.decoder, 'decoders');
  for (const { type, behavior } of preTokenizers) {
    if (type === 'Split' && behavior !== 'Isolated' && behavior !== 'Removed') {
      throw new UserError(`${name}: a Split pre-tokenizer with the behaviour ${behavior} is not supported.`);
    }
  }
  const byteLevels = preTokenizers.filter(p => p.type === 'ByteLevel');
  const metaspace = preTokenizers.find(p => p.type === 'Metaspace');
  const marked = JSON.stringify([tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder]);
  const spaced = byteLevels.some(p => p.add_prefix_space !== false);
  return {
    byteLevel: byteLevels.length > 0,
    spaceMarks: marked.includes('▁') || marked.includes('"Metaspace"'),
    byteFallback: model.byte_fallback === true,
    cutAtMarks: metaspace !== undefined && metaspace.split !== false,
    stripsLead: decoders.some(stripsLead),
    prefix: spaced
      ? { bytes: SPACE, anywhere: true }
      : metaspace
        ? { bytes: SPACE, anywhere: false }
        : undefined,
    addsSpace: addsSpaceBeforeSplit(tokenizer.pre_tokenizer),
  };
}

function addsSpaceBeforeSplit(preTokenizer: unknown): boolean {
  const { type, add_prefix_space, use_regex } = (preTokenizer ?? {}) as Json;
  return type === 'ByteLevel' && add_prefix_space !== false && use_regex !== false;
}

/**
 * tokenizer.json as the library should see it: GPT-2's pattern stands in a Split, where \s has the Unicode meaning
 * (JavaScript's takes U+FEFF for white space, and U+0085 not). The caller adds the space of `addsSpace`.
 */
export function forLibrary(tokenizer: Json): Json {
  const preTokenizer = tokenizer.pre_tokenizer as Json | null | undefined;
  return { ...tokenizer, pre_tokenizer: unicodeSplit(preTokenizer, addsSpaceBeforeSplit(preTokenizer)) };
}

function unicodeSplit(preTokenizer: Json | null | undefined, spaceAdded: boolean): Json | null {
  if (!preTokenizer) return null;
  if (preTokenizer.type === 'Sequence') {
    const steps = preTokenizer.pretokenizers as Json[];
    return { ...preTokenizer, pretokenizers: steps.map(step => unicodeSplit(step, false)) };
  }
  // Inside a sequence a ByteLevel that adds spaces adds them to every piece it splits: it stays as it is.
  const splits = preTokenizer.use_regex !== false && (spaceAdded || preTokenizer.add_prefix_space === false);
  if (preTokenizer.type !== 'ByteLevel' || !splits) return preTokenizer;
  const split = { type: 'Split', pattern: { Regex: GPT2_PATTERN }, behavior: 'Isolated', invert: false };
  return {
    type: 'Sequence',
    pretokenizers: [split, { ...preTokenizer, add_prefix_space: false, use_regex: false }],
  };
}

function flatten(step: unknown, key: string): Json[] {
  if (!step) return [];
  const inner = (step as Json)[key];
  return Array.isArray(inner) ? inner.flatMap(s => flatten(s, key)) : [step as Json];
}

function stripsLead(decoder: Json): boolean {
  if (decoder.type === 'Metaspace')
    return decoder.prepend_scheme !== 'never' && decoder.add_prefix_space !== false;
  return decoder.type === 'Strip' && decoder.content === ' ' && Number(decoder.start) > 0;
}
