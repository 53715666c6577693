import type { TokenizerFiles } from '../../model/text/tokenizerFiles';

/**
 * The Split patterns of Llama 3 and Qwen 2/3, and GPT-2's. In each of them a run of letters ends before a space, and the
 * space before a letter begins the next word whatever stands around, so text may be cut there and tokenized piece by piece.
 */
const KNOWN_PATTERNS = new Set([
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
]);

/** Characters; a chunk is at least this long and ends at the first place where it may. */
export const CHUNK = 1024;

/** Whether a text may be cut before a space between two ASCII letters without changing its tokens. */
export function cutsAreExact({ tokenizer, added }: TokenizerFiles): boolean {
  const normalizer = tokenizer.normalizer as { type?: string } | null | undefined;
  if (normalizer && normalizer.type !== 'NFC') return false;
  // An added token that holds or swallows a space, or asks for its neighbours, could lie across a cut.
  if (added.some(token => token.lstrip || token.rstrip || token.singleWord || /\s/.test(token.content)))
    return false;
  const step = tokenizer.pre_tokenizer as PreTokenizer | null | undefined;
  const steps = step?.type === 'Sequence' ? (step.pretokenizers ?? []) : step ? [step] : [];
  const [first, second, ...more] = steps;
  if (more.length > 0 || !first) return false;
  if (isByteLevel(first) && !second) return first.use_regex !== false;
  return (
    first.type === 'Split' &&
    first.behavior === 'Isolated' &&
    first.invert !== true &&
    KNOWN_PATTERNS.has(first.pattern?.Regex ?? '') &&
    second !== undefined &&
    isByteLevel(second) &&
    second.use_regex === false
  );
}

/** Ends of the chunks of text[from, to), the last of them `to`. */
export function chunkEnds(text: string, from: number, to: number, exact: boolean): number[] {
  const ends: number[] = [];
  const cut = /[A-Za-z](?= [A-Za-z])/g;
  for (let start = from; exact && start + CHUNK < to; ) {
    cut.lastIndex = start + CHUNK;
    const found = cut.exec(text);
    if (!found || found.index + 1 >= to) break;
    start = found.index + 1;
    ends.push(start);
  }
  if (ends.at(-1) !== to) ends.push(to);
  return ends;
}

interface PreTokenizer {
  type?: string;
  pretokenizers?: PreTokenizer[];
  behavior?: string;
  invert?: boolean;
  pattern?: { Regex?: string };
  use_regex?: boolean;
  add_prefix_space?: boolean;
}

function isByteLevel({ type, add_prefix_space }: PreTokenizer): boolean {
  return type === 'ByteLevel' && add_prefix_space === false;
}
