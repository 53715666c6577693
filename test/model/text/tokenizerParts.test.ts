import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify, identifyLater } from '../../../src/model/checkpoint/identity';
import { loadTokenizer, loadTokenizerSliced } from '../../../src/model/text/tokenizer';
import { readTokenizerFilesSliced } from '../../../src/model/text/tokenizerFiles';
import { readTokenizerParts } from '../../../src/model/text/tokenizerParts';

const BUNDLED = join(__dirname, '../../../models/reasoning');
const ROOT = join(__dirname, '../../goldens/tokenizers');
const TEXT = ' Wait, 12 ≠ 13!\n\n“naïve” 👩‍👩‍👧 <|end|> the\tkettle\u00a0is hot שלום ▁ <0x41> ';

function partsOf(text: string) {
  const reading = readTokenizerParts(text);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

describe('a tokenizer read in slices', () => {
  const folders = [BUNDLED, ...readdirSync(ROOT).map(name => join(ROOT, name))];
  it.each(folders)('is that read in one piece: %s', async folder => {
    const whole = loadTokenizer(folder);
    const sliced = await loadTokenizerSliced(folder);
    expect((await readTokenizerFilesSliced(folder)).parts).toBeDefined();
    expect(sliced.hash).toBe(whole.hash);
    expect(sliced.vocabulary()).toEqual(whole.vocabulary());
    expect([sliced.bosId, sliced.eosId]).toEqual([whole.bosId, whole.eosId]);
    const text = [...TEXT].filter(character => spells(whole, character)).join('');
    for (const addSpecialTokens of [true, false])
      expect(sliced.encode(text, { addSpecialTokens })).toEqual(whole.encode(text, { addSpecialTokens }));
  });

  it.each([
    ['minified', '{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}}'],
    ['the older merges', '{"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}'],
    [
      'indented, the other way round',
      '{\n "model" : {\n "merges" : [\n [ "a" , "b" ]\n ] ,\n "vocab" : { "a" : 0 ,\n "b" : 1, "ab": 2 }\n}\n}',
    ],
  ])('%s', (_, text) => {
    const parts = partsOf(text)!;
    expect([...parts.ids]).toEqual([
      ['a', 0],
      ['b', 1],
      ['ab', 2],
    ]);
    expect([...parts.ranks]).toEqual([['["a","b"]', 0]]);
    expect(JSON.parse(parts.rest).model).toMatchObject({ vocab: {}, merges: [] });
  });

  it('takes escapes and quotes as JSON does, and no vocabulary out of a string', () => {
    const vocab = { '"': 0, '\\': 1, '\n{"vocab": {': 2, '\u0120}': 3, 'é\u{1F600}': 4 };
    const added = [{ id: 5, content: '"model": {"vocab": {' }];
    const text = JSON.stringify({ added_tokens: added, model: { vocab, merges: [] } });
    const parts = partsOf(text)!;
    expect(Object.fromEntries(parts.ids)).toEqual(vocab);
    expect(JSON.parse(parts.rest)).toEqual({ added_tokens: added, model: { vocab: {}, merges: [] } });
  });

  it.each([
    ['no merges', '{"model":{"vocab":{"a":0}}}'],
    ['a vocabulary of scores', '{"model":{"vocab":[["a",-1.5]],"merges":[]}}'],
    ['a file cut off', '{"model":{"vocab":{"a":0,"b'],
  ])('leaves %s to JSON.parse', (_, text) => expect(partsOf(text)).toBeUndefined());
});

it('identifies a model alike, waiting for the disk or not', async () => {
  expect(await identifyLater(BUNDLED)).toEqual(identify(BUNDLED));
  expect(readFileSync(join(BUNDLED, 'config.json')).length).toBeGreaterThan(0);
});

function spells(tokenizer: ReturnType<typeof loadTokenizer>, text: string): boolean {
  try {
    tokenizer.encode(text, { addSpecialTokens: false });
    return true;
  } catch {
    return false;
  }
}
