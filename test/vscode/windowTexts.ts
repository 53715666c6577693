import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';

/**
 * The text of the window before each backtracking label of a rollout file in ASCII, reckoned without any code of the
 * extension: tokens of the response by the Hugging Face library, laid end to end.
 */
export function windowTexts(model: string, rollout: string, offset = -12, length = 5): string[] {
  const json = (name: string) => JSON.parse(readFileSync(join(model, name), 'utf8'));
  const text = readFileSync(rollout, 'utf8');
  const ann = readFileSync(rollout.replace(/\.txt$/, '.ann'), 'utf8');
  const responseStart = text.indexOf('</prompt>\n') + '</prompt>\n'.length;
  const tokens = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
    .encode(text.slice(responseStart), { add_special_tokens: false })
    .tokens.map(token => token.replaceAll('Ġ', ' ').replaceAll('Ċ', '\n'));
  const ends: number[] = [];
  for (const token of tokens) ends.push((ends.at(-1) ?? responseStart) + token.length);
  if (ends.at(-1) !== text.length) throw new Error('the tokens do not spell the text');
  return [...ann.matchAll(/\tbacktracking (\d+) /g)].map(([, start]) => {
    const first = ends.findIndex(end => end > Number(start)) + offset;
    return tokens.slice(first, first + length).join('');
  });
}
