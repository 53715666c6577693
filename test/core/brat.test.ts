import { describe, expect, test } from 'vitest';
import { formatAnn, parseAnn } from '../../src/core/brat';
import { offsetMap } from '../../src/core/offsets';

test('offsets agree with a walk over the code points', () => {
  for (const text of ['', 'abc', '🙂', 'a🙂b🙂🙂c', '\ud83d lone \ude42', '𝑥² = 4\r\n']) {
    const map = offsetMap(text);
    const points = [...text];
    expect(map.codePoints).toBe(points.length);
    let utf16 = 0;
    for (let i = 0; i <= points.length; i++) {
      expect(map.toCodePoint(utf16)).toBe(i);
      expect(map.toUtf16(i)).toBe(utf16);
      utf16 += points[i]?.length ?? 0;
    }
  }
});

describe('an .ann file', () => {
  const text = '🙂 So 𝑥 = 2.\nWait, no.\r\nHmm, 𝑥 = 3.';
  const at = (quote: string, label: string) => ({
    start: text.indexOf(quote),
    end: text.indexOf(quote) + quote.length,
    label,
  });

  test('counts code points and holds one label a line', () => {
    const spans = [at('So 𝑥 = 2.\nWait', 'deduction'), at('no.\r\nHmm', 'backtracking')];
    expect(formatAnn(spans, text)).toBe(
      'T1\tdeduction 2 16\tSo 𝑥 = 2. Wait\nT2\tbacktracking 18 26\tno.  Hmm\n',
    );
    const back = parseAnn(formatAnn(spans, text), text);
    expect(back.problems).toEqual([]);
    expect(back.spans.map(({ start, end, label }) => ({ start, end, label }))).toEqual(spans);
  });

  test('keeps ids and every other line on rewriting', () => {
    const ann =
      'T3\tdeduction 2 11\tSo 𝑥 = 2.\n#1\tAnnotatorNotes T3\tgood\nT5\tdeduction 0 1;3 4\t🙂 o\nA1\tSure T3\n';
    const { spans, other, problems } = parseAnn(ann, text);
    expect(problems).toEqual([{ line: 3, message: expect.stringContaining('discontinuous') }]);
    const again = formatAnn([...spans, at('Hmm', 'backtracking')], text, other);
    expect(again.split('\n')).toEqual([
      'T3\tdeduction 2 11\tSo 𝑥 = 2.',
      'T1\tbacktracking 23 26\tHmm',
      '#1\tAnnotatorNotes T3\tgood',
      'T5\tdeduction 0 1;3 4\t🙂 o',
      'A1\tSure T3',
      '',
    ]);
  });

  test.each([
    ['moved to its one place', 'T1\tx 3 7\tWait', [{ start: 14, end: 18 }], /do not hold.*moved to 12 16/],
    ['moved from beyond the end', 'T1\tx 300 304\tWait', [{ start: 14, end: 18 }], /not in the text.*moved/],
    ['not moved where it stands twice', 'T1\tx 0 3\t𝑥 =', [], /several times/],
    ['not moved where it is nowhere', 'T1\tx 0 4\tGone', [], /does not occur/],
    ['no end', 'T1\tx 4\tWait', [], /not of the form/],
    ['start after end', 'T1\tx 4 2\t', [], /not in the text/],
  ])('a wrong line is %s, and said so', (_, line, spans, message) => {
    const parsed = parseAnn(`${line}\n`, text);
    expect(parsed.spans.map(({ start, end }) => ({ start, end }))).toEqual(spans);
    expect(parsed.problems).toEqual([{ line: 1, message: expect.stringMatching(message) }]);
    expect(parsed.other).toEqual(spans.length ? [] : [line]);
  });

  test('is not moved far away', () => {
    const long = `${'x'.repeat(5000)}Wait`;
    expect(parseAnn('T1\ta 0 4\tWait', long).spans).toEqual([]);
    expect(parseAnn('T1\ta 4000 4004\tWait', long).spans).toMatchObject([{ start: 5000 }]);
  });

  test.each([
    [{ start: 0, end: 2, label: 'two words' }, /without spaces/],
    [{ start: 0, end: 999, label: 'x' }, /not in its text/],
    [{ start: 3, end: 3, label: 'x' }, /not in its text/],
    [{ start: 1, end: 4, label: 'x' }, /cuts a character/],
    [{ start: 0, end: 1, label: 'x' }, /cuts a character/],
  ])('refuses to write %j', (span, message) => {
    expect(() => formatAnn([span], text)).toThrow(message);
  });
});
