import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRollout } from '../../src/core/rollout';
import { firstToken, windowPositions } from '../../src/core/windows';
import { backtrackingRanges, tokenStarts, wordStarts } from '../../src/editor/rollout/decorationRanges';
import { RolloutTokenizer } from '../../src/editor/rollout/rolloutTokenizer';
import { RolloutTokens } from '../../src/editor/rollout/rolloutTokens';
import { loadTokenizer } from '../../src/model/text/tokenizer';
import { TextModel } from '../../src/model/textModel';

const ROOT = join(__dirname, '../..');
const BUNDLED = join(ROOT, 'models/reasoning');
const GOLDENS = join(ROOT, 'test/goldens/tokenizers');

let seed = 11;
const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
const PIECES = [
  'Wait',
  ', ',
  ' the',
  ' sum of',
  ' 12345',
  '.\n\n',
  '\r\n',
  ' é',
  '👩‍👩‍👧',
  '؟ شكرا',
  '</script>',
  '<think>',
  '</think>',
  "'s",
  ' don',
  "'t",
  '  x',
  '\t',
  'ﬁ',
  'e\u0301',
  ' a b c',
  '<|end|>',
  '日本語',
];
const prose = (pieces: number) =>
  Array.from({ length: pieces }, () => PIECES[random(PIECES.length)]).join('');

describe.each(['gpt2-nfc', 'llama3-like', 'r1-like', 'llama2-like', 'mistral-like'])('tokens of %s', name => {
  const tokenizer = loadTokenizer(join(GOLDENS, name));
  const opened = RolloutTokenizer.open(join(GOLDENS, name));

  it('chunk by chunk are those of the whole text, after any edits', () => {
    const tokens = opened.newText();
    let text = prose(2500);
    for (let round = 0; round < (opened.incremental ? 40 : 4); round++) {
      tokens.update(text);
      const plain = opened.templated({ prompt: '', response: '' }).text === '';
      const { ids, starts, ends } = tokenizer.encode(text, { addSpecialTokens: plain });
      const all = tokens.all();
      expect(all.ids).toEqual(ids.slice(0, all.ids.length));
      expect(ids.length - all.ids.length).toBeLessThanOrEqual(plain ? 1 : 0);
      expect([...all.starts]).toEqual([...starts.slice(0, all.ids.length)]);
      expect([...all.ends]).toEqual([...ends.slice(0, all.ids.length)]);
      const from = random(text.length);
      const to = Math.min(text.length, from + random(round % 4 === 0 ? 3000 : 3));
      text = text.slice(0, from) + prose(random(4)) + text.slice(to);
    }
  });
});

describe('a rollout of the bundled model', () => {
  const model = TextModel.open(BUNDLED);
  const opened = RolloutTokenizer.open(BUNDLED);

  it.each([
    [
      'plain',
      '<prompt>\nWhere is Bea?\n</prompt>\n<think>\nBea is home. Wait, no. She is out.\n</think>\nOut.',
    ],
    ['CRLF', '<prompt>\r\nWhere?\r\n</prompt>\r\n<think>\r\nHome. Wait, no.\r\n</think>\r\nOut.'],
    ['no prompt', 'Just text. Wait.'],
    ['emoji and RTL', '<prompt>\n🙂 أين?\n</prompt>\n<think>\n🙂🙂 Wait 👩‍👩‍👧</think></script>'],
    ['long lines', `<prompt>\nq\n</prompt>\n<think>\n${'word '.repeat(3000)}Wait.\n</think>\nx`],
  ])('%s: tokens are those of TextModel.rolloutTokens', (_, file) => {
    const rollout = parseRollout(file);
    const expected = model.rolloutTokens(rollout);
    const { text, responseStart } = opened.templated(rollout);
    expect([text, responseStart]).toEqual([expected.text, expected.responseStart]);
    const tokens = opened.newText();
    tokens.update(text);
    expect(tokens.all()).toEqual({ ids: expected.ids, starts: expected.starts, ends: expected.ends });
  });

  it('windows and starts are those of the method, at every sentence and offset', () => {
    const file = `<prompt>\nWhere is Bea?\n</prompt>\n<think>\n${'Bea is at home. Hmm, wait, no. '.repeat(20)}\n</think>\nOut.`;
    const rollout = parseRollout(file);
    const tokens = new RolloutTokens(opened);
    tokens.update(rollout);
    const { ends, starts, responseStart, ids, text } = model.rolloutTokens(rollout);
    const shift = rollout.responseStart - responseStart;
    for (const { index } of file.matchAll(/Hmm|Bea is at/g)) {
      const first = firstToken(ends, index - shift);
      for (const [offset, length] of [
        [-12, 5],
        [-1, 1],
        [0, 3],
        [-40, 10],
        [-200, 30],
        [4, 200],
      ]) {
        const [from, to] = windowPositions(first, offset, length, ids.length);
        const window = tokens.windowTokens(index, offset, length);
        expect(window && [window[0].start, window[1].end]).toEqual(
          from < to ? [starts[from], ends[to - 1]] : null,
        );
        const shown = tokens.window(index, offset, length);
        if (shown && shown.start >= rollout.responseStart)
          expect(file.slice(shown.start, shown.end)).toBe(text.slice(shown.start - shift, shown.end - shift));
      }
      expect(file.slice(index, tokens.firstWord(index)!.end)).toMatch(/^(Hmm|Bea)$/);
    }
  });

  it('a window that reaches into the prompt is shown there, as far as the file has its text', () => {
    const file = '<prompt>\nWhere is Bea now, at noon?\n</prompt>\n<think>Wait, no.';
    const tokens = new RolloutTokens(opened);
    tokens.update(parseRollout(file));
    const at = file.indexOf('Wait');
    const shown = tokens.window(at, -8, 3)!;
    expect(shown.start).toBeGreaterThanOrEqual(file.indexOf('Where'));
    expect(shown.end).toBeLessThanOrEqual(file.indexOf('\n</prompt>'));
    expect(tokens.window(at, -190, 5)).toBeNull();
  });

  it('decorations: one window and one start for each backtracking sentence; without tokens the first word', () => {
    const file = `<think>\n${'The sum is five, I think. '.repeat(3)}Wait, it is not. So it is four.`;
    const tokens = new RolloutTokens(opened);
    tokens.update(parseRollout(file));
    const start = file.indexOf('Wait');
    const spans = [
      { start, end: start + 16, label: 'backtracking' },
      { start: 8, end: 33, label: 'deduction' },
    ];
    const all = { start: 0, end: file.length };
    const { windows, starts } = backtrackingRanges(spans, tokens, { offset: -12, length: 5 }, all);
    expect([windows.length, starts.length]).toEqual([1, 1]);
    expect(file.slice(starts[0].start, starts[0].end)).toBe(' Wait');
    expect(windows[0].end).toBeLessThan(starts[0].start);
    expect(
      backtrackingRanges(spans, tokens, { offset: -12, length: 5 }, { start: 0, end: 10 }).windows,
    ).toEqual([]);
    expect(
      wordStarts(file, spans, { start: 0, end: file.length }).map(r => file.slice(r.start, r.end)),
    ).toEqual(['Wait']);
    const boundaries = tokenStarts(tokens, { start: 8, end: 33 });
    expect(boundaries.length).toBeGreaterThan(3);
    expect(boundaries.every(b => b.end === b.start + 1 && b.start >= 8 && b.start < 33)).toBe(true);
  });

  it('an empty text, one of the prompt alone and a label at the very end have no window and fail nowhere', () => {
    for (const file of ['', '<prompt>\nx\n</prompt>\n']) {
      const tokens = new RolloutTokens(opened);
      tokens.update(parseRollout(file));
      expect(tokens.window(file.length, -12, 5)).toBeNull();
      expect(tokens.firstWord(file.length)).toBeNull();
      expect(tokens.tokenAt(file.length)).toBeUndefined();
    }
  });

  it('an edit of a text of 1 MB tokenizes a chunk of it anew', () => {
    const sentences = readFileSync(join(ROOT, 'models/prompts.jsonl'), 'utf8').replace(/[{}"]/g, ' ');
    const response = sentences.repeat(Math.ceil(1e6 / sentences.length)).slice(0, 1e6);
    const tokens = new RolloutTokens(opened);
    const at = 500_000;
    const first = performance.now();
    tokens.update({ prompt: 'q', response, promptStart: 9, responseStart: 20 });
    tokens.window(20 + at, -12, 5);
    const opening = performance.now() - first;
    tokens.encodeUntil(Number.POSITIVE_INFINITY);
    const count = tokens.count!;
    const times: number[] = [];
    let edited = response;
    for (let i = 0; i < 20; i++) {
      edited = `${edited.slice(0, at + i)}x${edited.slice(at + i)}`;
      const started = performance.now();
      tokens.update({ prompt: 'q', response: edited, promptStart: 9, responseStart: 20 });
      tokens.window(20 + at, -12, 5);
      times.push(performance.now() - started);
    }
    const median = times.sort((a, b) => a - b)[10];
    console.log(
      `1 MB: first window ${opening.toFixed(1)} ms; each key ${median.toFixed(1)} ms (median of 20)`,
    );
    tokens.encodeUntil(Number.POSITIVE_INFINITY);
    expect(Math.abs(tokens.count! - count)).toBeLessThan(100);
    expect(median).toBeLessThan(50);
  });
});
