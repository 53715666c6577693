import { describe, expect, test } from 'vitest';
import {
  answerOf,
  formatRollout,
  parseRollout,
  refuseLoneSurrogates,
  thinkSpan,
} from '../../src/core/rollout';

describe('a rollout file', () => {
  const prompts = [
    '',
    'What is 2 + 2?',
    'two\nlines',
    '\n',
    'ends in newline\n',
    'a\r\nb\r',
    '</prompt>',
    'x\n</prompt>\n</prompt>\r\ny',
    '<prompt>',
    '<prompt 3>',
    ' </prompt>',
    '🙂',
  ];
  const responses = [
    '',
    '<think>\nSo.\n</think>\n\n4',
    '\n\n leading',
    'line\n</prompt>\nmore',
    '\r\n',
    '🙂🙂',
    '<prompt>',
    'tab\t\0end',
  ];
  test.each(prompts)('holds the prompt %j and any response exactly', prompt => {
    for (const response of responses) {
      const text = formatRollout({ prompt, response });
      const parsed = parseRollout(text);
      expect(parsed).toMatchObject({ prompt, response });
      expect(text.slice(parsed.promptStart, parsed.promptStart + prompt.length)).toBe(prompt);
      expect(text.slice(parsed.responseStart)).toBe(response);
    }
  });

  test('is plain where nothing needs care', () => {
    expect(formatRollout({ prompt: 'Q', response: 'A' })).toBe('<prompt>\nQ\n</prompt>\nA');
    expect(formatRollout({ prompt: '</prompt>', response: 'A' })).toBe('<prompt 2>\n</prompt>\n</prompt>\nA');
  });

  test.each([
    [
      'no header',
      'just text\n</prompt>\n',
      { prompt: '', response: 'just text\n</prompt>\n', responseStart: 0 },
    ],
    ['turned to CRLF', '<prompt>\r\nQ\r\n</prompt>\r\nA', { prompt: 'Q', response: 'A', promptStart: 10 }],
    ['no line between', '<prompt>\n</prompt>\nA', { prompt: '', response: 'A' }],
    ['closed at the very end', '<prompt>\nQ\n</prompt>', { prompt: 'Q', response: '', responseStart: 20 }],
    ['a byte order mark', '\uFEFF<prompt>\nQ\n</prompt>\nA', { prompt: 'Q', promptStart: 10 }],
  ])('written by hand: %s', (_, text, expected) => {
    expect(parseRollout(text)).toMatchObject(expected);
  });

  test('that is never closed is refused', () => {
    expect(() => parseRollout('<prompt>\nQ\nA')).toThrow(/never closed/);
    expect(() => parseRollout('<prompt 2>\nQ\n</prompt>\nA')).toThrow(/<prompt 2>/);
  });
});

test.each([
  ['<think>a</think>b', { start: 7, end: 8 }, 'b'],
  ['a</think>b', { start: 0, end: 1 }, 'b'],
  ['<think>abc', { start: 7, end: 10 }, ''],
  ['abc', null, 'abc'],
  ['<think></think>', { start: 7, end: 7 }, ''],
])('the reasoning and the answer of %j', (response, span, answer) => {
  expect(thinkSpan(response)).toEqual(span);
  expect(answerOf(response)).toBe(answer);
});

test('half a surrogate pair is refused with its place', () => {
  expect(() => refuseLoneSurrogates({ prompt: '🙂', response: 'ab\ud83d' })).toThrow(/response .* at 2/);
  expect(() => refuseLoneSurrogates({ prompt: '🙂', response: '🙂' })).not.toThrow();
});
