import { expect, test } from 'vitest';
import { summariseForTerminal } from '../../src/report/terminal';
import { columnsOf, wrapText } from '../../src/report/wrapText';
import { emptyResults, fullResults, HOSTILE } from './fixture';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
const COLOUR = /\u001b\[\d+m/g;

test('the summary of the fixture', () => {
  expect(summariseForTerminal(fullResults(), { color: false, width: 100 })).toMatchSnapshot();
});

test.each([52, 60, 80, 96, 120, 200])('no line is wider than %i columns', width => {
  for (const results of [fullResults(), emptyResults()]) {
    const text = summariseForTerminal(results, { color: false, width });
    for (const line of text.split('\n')) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test('colour adds nothing but colour', () => {
  const options = { width: 100 };
  const coloured = summariseForTerminal(fullResults(), { ...options, color: true });
  expect(coloured).toMatch(COLOUR);
  const bare = (text: string) => text.replace(COLOUR, '').replace(/ +$/gm, '');
  expect(bare(coloured)).toBe(bare(summariseForTerminal(fullResults(), { ...options, color: false })));
});

test('a rollout cannot command the terminal', () => {
  const results = fullResults();
  const example = { prompt: HOSTILE, strength: 1, unsteered: HOSTILE, steered: `${HOSTILE}\r\nWait` };
  for (const width of [60, 120]) {
    const text = summariseForTerminal({ ...results, example }, { color: false, width });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).toContain('שלום 🤔');
  }
});

test.each([
  ['breaks at spaces', 'aa bb cc', 5, ['aa bb', 'cc']],
  ['cuts a word that is longer than a line', 'abcdefgh i', 3, ['abc', 'def', 'gh', 'i']],
  ['keeps lines', 'a\n\nb', 10, ['a', '', 'b']],
  ['counts emoji as two columns', '🤔🤔🤔', 4, ['🤔🤔', '🤔']],
])('wrapping %s', (_, text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});
