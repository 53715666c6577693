import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/model/text/tokenizer';

const ROOT = join(import.meta.dirname, '../../goldens/tokenizers');

interface Case {
  text: string;
  ids: number[];
  bare: number;
  starts: number[];
  ends: number[];
  decoded: string;
  skipped: string;
}

// What Hugging Face's Python library gives for random Unicode text: scripts/goldens/make_tokenizers.py.
describe.each(['llama3-like', 'r1-like', 'gpt2-nfc', 'llama2-like', 'mistral-like'])('%s', name => {
  const tokenizer = loadTokenizer(join(ROOT, name));
  const cases: Case[] = JSON.parse(readFileSync(join(ROOT, name, 'cases.json'), 'utf8'));

  it('gives the ids of Hugging Face', () => {
    for (const { text, ids, bare } of cases) {
      expect({ text, ids: tokenizer.encode(text, { addSpecialTokens: true }).ids }).toEqual({ text, ids });
      expect(tokenizer.encode(text, { addSpecialTokens: false }).ids).toEqual(ids.slice(bare));
    }
  });

  it('gives the offsets of Hugging Face', () => {
    for (const { text, starts, ends } of cases) {
      // On text that NFC changes Hugging Face leaves combining marks uncovered: see the test below.
      if (name === 'gpt2-nfc' && text.normalize('NFC') !== text) continue;
      const got = tokenizer.encode(text, { addSpecialTokens: true });
      expect({ text, starts: [...got.starts], ends: [...got.ends] }).toEqual({ text, starts, ends: ends });
    }
  });

  it('covers every unit of the text, in order', () => {
    for (const { text } of cases) {
      const { starts, ends } = tokenizer.encode(text, { addSpecialTokens: false });
      let covered = 0;
      starts.forEach((start, t) => {
        expect(start).toBeLessThanOrEqual(covered);
        expect(ends[t]).toBeGreaterThanOrEqual(covered);
        covered = ends[t];
      });
      expect(covered).toBe(text.length);
    }
  });

  it('decodes as Hugging Face does, at once and token by token', () => {
    for (const { text, ids, bare, decoded, skipped } of cases) {
      // Hugging Face reads the è of this added token as a byte of GPT-2's alphabet; here it stays what was written.
      if (name === 'gpt2-nfc' && text.normalize('NFC').includes('caffè')) continue;
      const plain = tokenizer.decode(ids.slice(bare));
      expect({ text, plain }).toEqual({ text, plain: decoded });
      expect({ text, skipped: tokenizer.decode(ids, { skipSpecialTokens: true }) }).toEqual({
        text,
        skipped,
      });
      const stream = tokenizer.streamDecoder();
      const streamed =
        ids
          .slice(bare)
          .map(id => stream.push(id))
          .join('') + stream.flush();
      expect(streamed).toBe(tokenizer.decode(ids.slice(bare), { continuation: true }));
    }
  });
});
