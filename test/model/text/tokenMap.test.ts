import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { loadTokenizer } from '../../../src/model/text/tokenizer';
import { mapTokens } from '../../../src/model/text/tokenMap';

const ROOT = join(import.meta.dirname, '../../goldens/tokenizers');
const base = loadTokenizer(join(ROOT, 'llama3-like'));
const reasoning = loadTokenizer(join(ROOT, 'r1-like'));

describe('mapTokens', () => {
  const map = mapTokens(reasoning, base);
  const to = (token: string) => map[reasoning.idOf(token)!];

  it('keeps ordinary and shared special tokens', () => {
    for (let id = 0; id < 600; id++) expect(map[id]).toBe(id);
    expect(to('<|eot_id|>')).toBe(base.idOf('<|eot_id|>'));
  });

  it("gives begin and end of text as the base model's own", () => {
    expect(to('<｜begin▁of▁sentence｜>')).toBe(base.bosId);
    expect(to('<｜end▁of▁sentence｜>')).toBe(base.eosId);
  });

  it("puts the filler's first token for marks the base does not know", () => {
    const filler = base.encode(' ####', { addSpecialTokens: false }).ids[0];
    for (const token of ['<｜User｜>', '<｜Assistant｜>', '<think>', '</think>'])
      expect(to(token)).toBe(filler);
    const other = mapTokens(reasoning, base, ' the');
    expect(other[reasoning.idOf('<think>')!]).toBe(base.idOf('Ġthe'));
  });

  it('is the identity for one tokenizer', () => {
    expect([...mapTokens(base, base)]).toEqual(Array.from({ length: base.vocabSize }, (_, id) => id));
  });

  it('refuses another vocabulary with reason and examples', () => {
    const map = () =>
      mapTokens(loadTokenizer(join(ROOT, 'gpt2-nfc')), loadTokenizer(join(ROOT, 'mistral-like')));
    expect(map).toThrow(UserError);
    expect(map).toThrow(
      /gpt2-nfc and mistral-like do not share a vocabulary: \d+ ordinary tokens differ \(0 is "!" in gpt2-nfc/,
    );
  });
});
