/** The large parts of a BPE tokenizer.json, ready to use. */
export interface TokenizerParts {
  ids: Map<string, number>;
  /** By id. */
  tokens: (string | undefined)[];
  /** Rank of a merge, by the JSON of its pair: what the library looks up. */
  ranks: Map<string, number>;
  /** tokenizer.json without them. */
  rest: string;
}

const STRING = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`;
const ENTRY = new RegExp(String.raw`\s*${STRING}\s*:\s*(\d+)\s*([,}])`, 'y');
const MERGE = new RegExp(String.raw`\s*(?:\[\s*${STRING}\s*,\s*${STRING}\s*\]|${STRING})\s*([,\]])`, 'y');

/**
 * Reads the vocabulary and the merges off the text of a tokenizer.json, an entry at a time: JSON.parse takes a quarter of a
 * second for those of Llama 3, in one piece. Yields after every entry; returns undefined if the text is of another make.
 */
export function* readTokenizerParts(text: string): Generator<void, TokenizerParts | undefined> {
  const model = /"model"\s*:\s*\{/.exec(text)?.index ?? -1;
  const vocabulary = valueStart(text, model, /(?<!\\)"vocab"\s*:\s*\{/g);
  const merges = valueStart(text, model, /(?<!\\)"merges"\s*:\s*\[/g);
  if (model < 0 || vocabulary === undefined || merges === undefined) return undefined;
  const ids = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  const ranks = new Map<string, number>();
  const vocabularyEnd = yield* entries(text, vocabulary, '}', ENTRY, ([, token, id]) => {
    const known = spelled(token);
    ids.set(known, Number(id));
    tokens[Number(id)] = known;
  });
  const mergesEnd = yield* entries(text, merges, ']', MERGE, ([, first, second, both]) => {
    const pair = both === undefined ? [spelled(first), spelled(second)] : spelled(both).split(' ', 2);
    ranks.set(JSON.stringify(pair), ranks.size);
  });
  if (vocabularyEnd === undefined || mergesEnd === undefined) return undefined;
  const spans = [
    [vocabulary, vocabularyEnd],
    [merges, mergesEnd],
  ].sort(([a], [b]) => a - b);
  const [[start1, end1], [start2, end2]] = spans;
  return { ids, tokens, ranks, rest: text.slice(0, start1) + text.slice(end1, start2) + text.slice(end2) };
}

/** Reads entries from after an opening bracket; gives where the closing one stands, undefined if an entry is of another make. */
function* entries(
  text: string,
  start: number,
  closing: string,
  pattern: RegExp,
  take: (match: RegExpExecArray) => void,
): Generator<void, number | undefined> {
  const empty = /\s*/y;
  empty.lastIndex = start;
  empty.exec(text);
  if (text[empty.lastIndex] === closing) return empty.lastIndex;
  for (let at = start; ; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    take(match);
    at = pattern.lastIndex;
    if (match.at(-1) === closing) return at - 1;
    yield;
  }
}

/** Where the value of a key begins, after its bracket. */
function valueStart(text: string, from: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = Math.max(from, 0);
  return pattern.exec(text) ? pattern.lastIndex : undefined;
}

/** A copy, never a slice: a slice would keep the whole file in memory. */
function spelled(written: string): string {
  return written.length < 13 && !written.includes('\\') ? written : (JSON.parse(`"${written}"`) as string);
}
