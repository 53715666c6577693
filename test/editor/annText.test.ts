import { describe, expect, it } from 'vitest';
import { parseAnn } from '../../src/core/brat';
import { readAnn, readingAnn, rewriteAnn } from '../../src/editor/rollout/annText';
import { isReviewed, withReviewMark } from '../../src/editor/rollout/reviewMark';
import { labelsPath, metadataPath } from '../../src/editor/rollout/sidecarName';
import { textDifference } from '../../src/editor/rollout/textDifference';

const TEXT = '🙂 Okay. Wait, no.\nSo yes.';
const ANN = [
  'T1\tdeduction 2 7\tOkay.',
  '#1\tAnnotatorNotes T1\tsure',
  'T2\tbacktracking 8 17\tWait, no.',
  'E1\tx:T2',
  '',
].join('\n');

describe('the labels file', () => {
  it('an unchanged set of spans leaves the text as it was', () => {
    const ann = readAnn(ANN, TEXT);
    expect(ann.spans.map(s => TEXT.slice(s.start, s.end))).toEqual(['Okay.', 'Wait, no.']);
    expect(rewriteAnn(ann, ann.spans, TEXT).text).toBe(ANN);
  });

  it('one changed label changes one line, notes keep their place, a new span follows the last', () => {
    const ann = readAnn(ANN, TEXT);
    const [first, second] = ann.spans;
    const at = TEXT.indexOf('So');
    const changed = rewriteAnn(
      ann,
      [{ ...first, label: 'initializing' }, second, { start: at, end: at + 7, label: 'deduction' }],
      TEXT,
    );
    expect(changed.text.split('\n')).toEqual([
      'T1\tinitializing 2 7\tOkay.',
      '#1\tAnnotatorNotes T1\tsure',
      'T2\tbacktracking 8 17\tWait, no.',
      'T3\tdeduction 18 25\tSo yes.',
      'E1\tx:T2',
      '',
    ]);
    expect(changed.spans[2].id).toBe('T3');
    // And on from there.
    expect(rewriteAnn(changed, changed.spans.slice(1), TEXT).text.startsWith('#1')).toBe(true);
  });

  it('keeps the line of a span whose text was deleted, which finds its place again when it is back', () => {
    const ann = readAnn(ANN, TEXT);
    const deleted = TEXT.replace(' Wait, no.', '');
    const kept = rewriteAnn(ann, [ann.spans[0]], deleted, { lost: new Set(['T2']) });
    expect(kept.text).toBe(ANN);
    expect(readAnn(kept.text, deleted).problems).toMatchObject([{ line: 2, lost: true }]);
    expect(readAnn(kept.text, TEXT).problems).toEqual([]);
  });

  it('moved labels are told, and written where they stand', () => {
    const moved = `Well. ${TEXT}`;
    const ann = readAnn(ANN, moved);
    expect(ann.problems.map(({ line, lost }) => [line, lost])).toEqual([
      [0, false],
      [2, false],
    ]);
    expect(rewriteAnn(ann, ann.spans, moved).text).toContain('T2\tbacktracking 14 23\tWait, no.');
  });

  it('counts a byte order mark that the editor does not show', () => {
    const ann = readAnn('T1\tdeduction 3 8\tOkay.\n', TEXT, true);
    expect(ann.problems).toEqual([]);
    expect(TEXT.slice(ann.spans[0].start, ann.spans[0].end)).toBe('Okay.');
    const again = rewriteAnn(
      ann,
      ann.spans.map(s => ({ ...s, label: 'x' })),
      TEXT,
      { bom: true },
    );
    expect(again.text).toBe('T1\tx 3 8\tOkay.\n');
  });

  it('spans that share an id are told apart; line ends stay those of the file', () => {
    const twice = ANN.replace('T2', 'T1').replaceAll('\n', '\r\n');
    const ann = readAnn(twice, TEXT);
    expect(new Set(ann.spans.map(({ id }) => id)).size).toBe(2);
    const again = rewriteAnn(ann, ann.spans, TEXT);
    expect(again.text.match(/\r\n/g)).toHaveLength(4);
    expect(parseAnn(again.text, TEXT).spans).toHaveLength(2);
  });

  it('lines out of range, overlapping, and of another file lose nothing', () => {
    const strange = `T1\ta 0 5\t${TEXT.slice(0, 6)}\nT2\tb 3 9\t${TEXT.slice(4, 10)}\nT3\tc 90 99\tgone\nT4 broken\n`;
    const ann = readAnn(strange, TEXT);
    expect(ann.spans).toHaveLength(2);
    expect(ann.problems.map(({ lost }) => lost)).toEqual([true, true]);
    expect(rewriteAnn(ann, ann.spans, TEXT).text).toBe(strange);
  });

  it.each<[string, (start: number) => string]>([
    ['all moved by a line that was put in front', start => `deduction ${start} ${start + 9}\tIt is so.`],
    ['all with one id', start => `deduction ${start + 5} ${start + 14}\tIt is so.`],
  ])('thousands of lines, %s, are read with short waits', (title, line) => {
    const count = 20_000;
    const text = `New.\n${`${'It is so.'.padEnd(60)}\n`.repeat(count)}`;
    const lines = Array.from({ length: count }, (_, i) => {
      const number = title.includes('one id') ? 1 : i + 1;
      return `T${number}\t${line(i * 61)}\n`;
    });
    const began = performance.now();
    let [longest, last] = [0, began];
    const steps = readingAnn(lines.join(''), text);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    expect(step.value.lineOf.size).toBe(step.value.spans.length);
    expect(step.value.spans.length + step.value.problems.filter(({ lost }) => lost).length).toBe(count);
    // Over a minute, and seconds at once, if each line looks at the whole text or at all lines before it.
    expect(longest).toBeLessThan(500);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('starts from nothing', () => {
    const made = rewriteAnn(readAnn('', TEXT), [{ start: 3, end: 8, label: 'deduction' }], TEXT);
    expect(made.text).toBe('T1\tdeduction 2 7\tOkay.\n');
    expect(rewriteAnn(made, [], TEXT).text).toBe('');
  });
});

it.each([
  ['', 'a', { start: 0, end: 0, newEnd: 1 }],
  ['abc', 'abc', null],
  ['aaa', 'aa', { start: 2, end: 3, newEnd: 2 }],
  ['one two three', 'one 2 three', { start: 4, end: 7, newEnd: 5 }],
])('%j and %j differ at', (before, after, expected) =>
  expect(textDifference(before, after)).toEqual(expected),
);

it('only `"reviewed": true` is a review mark', () => {
  const said = ['{"seed": 3, "reviewed": true}', '{"reviewed": 1}', '', '{broken', 'null'].map(isReviewed);
  expect(said).toEqual([true, false, false, false, false]);
});

describe('the review mark', () => {
  it.each([
    ['', '{\n  "reviewed": true\n}\n'],
    ['{}', '{\n  "reviewed": true\n}'],
    ['{"seed": 3}', '{"seed": 3, "reviewed": true}'],
    [
      '{\n\t"seed": 12345678901234567890,\n\t"t": 1.0\n}\n',
      '{\n\t"seed": 12345678901234567890,\n\t"t": 1.0,\n\t"reviewed": true\n}\n',
    ],
    [
      '{"a": {"reviewed": false}, "b": ["x", "\\"}"]}',
      '{"a": {"reviewed": false}, "b": ["x", "\\"}"], "reviewed": true}',
    ],
    ['{"reviewed": {"by": [1]}, "b": -1.50e3}', '{"reviewed": true, "b": -1.50e3}'],
    ['{"reviewed" : false }', '{"reviewed" : true }'],
  ])('is set in %j without another change', (before, after) => {
    expect(withReviewMark(before, true, 'x.json')).toBe(after);
    expect(isReviewed(after)).toBe(true);
  });

  it.each([
    ['', ''],
    ['{"seed": 3}', '{"seed": 3}'],
    ['{\n  "seed": 12345678901234567890,\n  "reviewed": true\n}\n', '{\n  "seed": 12345678901234567890\n}\n'],
    ['{\n  "reviewed": true,\n  "seed": 1.0\n}\n', '{\n  "seed": 1.0\n}\n'],
    ['{"a": [1, 2], "reviewed": true, "b": {"reviewed": true}}', '{"a": [1, 2], "b": {"reviewed": true}}'],
    ['{\n  "reviewed": true\n}\n', '{}\n'],
    ['{"reviewed": true, "a": 1, "reviewed": true}', '{ "a": 1}'],
  ])('is taken out of %j without another change', (before, after) => {
    expect(withReviewMark(before, false, 'x.json')).toBe(after);
    if (after) expect(JSON.parse(after)).not.toHaveProperty('reviewed');
  });

  it.each(['[1]', '{broken', 'null'])('is refused in %s by the name of the file', json =>
    expect(() => withReviewMark(json, true, 'x.rollout.json')).toThrow('x.rollout.json is not a JSON object'),
  );
});

it.each([
  ['/a/x.rollout.txt', '/a/x.rollout.ann', '/a/x.rollout.json'],
  ['/a/notes.txt', '/a/notes.ann', '/a/notes.rollout.json'],
  ['/a/notes.md', '/a/notes.md.ann', '/a/notes.md.rollout.json'],
])('beside %s stand %s and %s', (path, labels, metadata) => {
  expect([labelsPath(path), metadataPath(path)]).toEqual([labels, metadata]);
});
