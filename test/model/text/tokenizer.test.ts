import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { loadTokenizer } from '../../../src/model/text/tokenizer';
import { TokenizerError } from '../../../src/model/text/tokenOffsets';

const ROOT = join(import.meta.dirname, '../../goldens/tokenizers');
const folders: string[] = [];
const plain = { addSpecialTokens: false };

/** A copy of a golden tokenizer whose tokenizer.json `edit` has changed. */
// biome-ignore lint/suspicious/noExplicitAny: tokenizer.json has no type here
function edited(name: string, edit: (tokenizer: any) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  folders.push(folder);
  cpSync(join(ROOT, name), folder, { recursive: true });
  const path = join(folder, 'tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(path, 'utf8'));
  edit(tokenizer);
  writeFileSync(path, JSON.stringify(tokenizer));
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('encode', () => {
  it('gives every byte of an emoji the range of the emoji', () => {
    const { ids, starts, ends } = loadTokenizer(join(ROOT, 'llama3-like')).encode('a𝔘b', plain);
    expect(ids.length).toBe(6);
    expect([...starts]).toEqual([0, 1, 1, 1, 1, 3]);
    expect([...ends]).toEqual([1, 3, 3, 3, 3, 4]);
  });

  it('covers a combining mark together with the letter it is composed with', () => {
    const text = 'xe\u0301\u0323y \u1112\u1161\u11ab';
    const { starts, ends } = loadTokenizer(join(ROOT, 'gpt2-nfc')).encode(text, plain);
    // Several tokens may spell one character: each range once.
    const ranges = [...new Set(Array.from(starts, (start, t) => text.slice(start, ends[t])))];
    expect(ranges).toEqual(['x', 'e\u0301\u0323', 'y', ' ', '\u1112\u1161\u11ab']);
  });

  it('gives a space that the tokenizer adds no place of its own', () => {
    const spaced = edited('llama3-like', t => {
      t.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };
    });
    const tokenizer = loadTokenizer(spaced);
    const { ids, starts, ends } = tokenizer.encode('the the', plain);
    expect(ids).toEqual([tokenizer.idOf('Ġthe'), tokenizer.idOf('Ġthe')]);
    expect([...starts, ...ends]).toEqual([0, 3, 3, 7]);
  });

  it('never joins what a splitting Metaspace cuts', () => {
    const split = edited('mistral-like', t => {
      t.pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
      t.model.vocab['▁▁'] = 2000;
      t.model.merges.unshift(['▁', '▁']);
    });
    const mark = loadTokenizer(split).idOf('▁')!;
    expect(loadTokenizer(split).encode('  ', plain).ids).toEqual([mark, mark]);
  });

  it('reads a lone surrogate as U+FFFD, in place', () => {
    const { ids, starts, ends } = loadTokenizer(join(ROOT, 'llama3-like')).encode('a\ud800b', plain);
    expect(starts[0]).toBe(0);
    expect(ends.at(-1)).toBe(3);
    expect(loadTokenizer(join(ROOT, 'llama3-like')).decode(ids)).toBe('a\ufffdb');
  });

  it('gives nothing for nothing, and the special tokens around it', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'llama3-like'));
    expect(tokenizer.encode('', plain).ids).toEqual([]);
    expect(tokenizer.encode('', { addSpecialTokens: true }).ids).toEqual([tokenizer.bosId]);
  });

  it('names the tokenizer, the character and its place if there is no token', () => {
    const folder = edited('llama2-like', t => {
      t.model.byte_fallback = false;
    });
    const encode = () => loadTokenizer(folder).encode('the 😀', plain);
    expect(encode).toThrow(TokenizerError);
    expect(encode).toThrow(/tokenizer-\w+ cannot spell "😀" \(U\+1F600\) at offset 4/);
  });

  it('refuses text that a normaliser rewrites untraceably, and takes other text', () => {
    const folder = edited('gpt2-nfc', t => {
      t.normalizer = { type: 'Lowercase' };
    });
    expect(loadTokenizer(folder).encode('wait', plain).ids.length).toBeGreaterThan(0);
    expect(() => loadTokenizer(folder).encode('Wait', plain)).toThrow(/rewrites text/);
  });

  it('decodes 200 kB unchanged, far faster than a model writes', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'llama3-like'));
    const text = 'Wait, the Zug fährt um 12 😀. '.repeat(7000);
    const { ids } = tokenizer.encode(text, plain);
    const begun = performance.now();
    expect(tokenizer.decode(ids)).toBe(text);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});

describe('a decoder for streams', () => {
  it('holds a character back until it is whole', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'llama3-like'));
    const stream = tokenizer.streamDecoder();
    const { ids } = tokenizer.encode('𝔘!', plain);
    expect(ids.map(id => stream.push(id))).toEqual(['', '', '', '𝔘', '!']);
    stream.push(ids[0]);
    expect(stream.flush()).toBe('\ufffd');
  });

  it('keeps the leading space of a continuation', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'mistral-like'));
    const ids = tokenizer.encode('the number', plain).ids;
    expect(tokenizer.decode(ids)).toBe('the number');
    expect(tokenizer.decode(ids, { continuation: true })).toBe(' the number');
  });
});

describe('a tokenizer', () => {
  it('shows tokens as text, parts of characters as bytes, and ids without a token by number', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'llama3-like'));
    expect(tokenizer.tokenText(tokenizer.idOf('Ġthe')!)).toBe(' the');
    expect(tokenizer.tokenText(tokenizer.encode('𝔘', plain).ids[0])).toBe('<0xF0>');
    expect(tokenizer.tokenText(9999)).toBe('[9999]');
    expect(tokenizer.vocabulary().length).toBe(tokenizer.vocabSize);
    expect(tokenizer.vocabulary()[tokenizer.idOf('<|eot_id|>')!]).toBe('<|eot_id|>');
  });

  it('knows its special ids and hash', () => {
    const tokenizer = loadTokenizer(join(ROOT, 'r1-like'));
    expect(tokenizer.rawToken(tokenizer.bosId!)).toBe('<｜begin▁of▁sentence｜>');
    expect(tokenizer.specialIds.has(tokenizer.eosId!)).toBe(true);
    expect(tokenizer.specialIds.has(tokenizer.idOf('<think>')!)).toBe(false);
    expect(tokenizer.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [
      'a kind other than BPE',
      'is not supported',
      (t: { model: object }) => Object.assign(t.model, { type: 'WordPiece' }),
    ],
    [
      'a split the library does otherwise',
      'behaviour MergedWithNext',
      (t: { pre_tokenizer: { pretokenizers: object[] } }) =>
        Object.assign(t.pre_tokenizer.pretokenizers[0], { behavior: 'MergedWithNext' }),
    ],
  ])('refuses %s', (_, message, edit) => {
    const folder = edited('llama3-like', edit);
    expect(() => loadTokenizer(folder)).toThrow(UserError);
    expect(() => loadTokenizer(folder)).toThrow(message);
  });

  it('refuses a folder without tokenizer.json, and a broken one', () => {
    expect(() => loadTokenizer(tmpdir())).toThrow(/has no tokenizer.json/);
    const folder = edited('llama3-like', () => {});
    writeFileSync(join(folder, 'tokenizer.json'), '{');
    expect(() => loadTokenizer(folder)).toThrow(/is not valid JSON/);
  });
});
