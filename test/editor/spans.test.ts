import { describe, expect, it } from 'vitest';
import type { LabelledSpan } from '../../src/core/annotation';
import { parseRollout } from '../../src/core/rollout';
import { neighbourBacktracking } from '../../src/editor/rollout/backtrackings';
import {
  extendUnit,
  labelSameOpening,
  mergeUnits,
  openingOf,
  splitUnit,
  withLabel,
  withoutLabel,
} from '../../src/editor/rollout/editSpans';
import { LabelHistory } from '../../src/editor/rollout/labelHistory';
import { sameLines, withLineEnds } from '../../src/editor/rollout/lineEnds';
import { mergeSpans } from '../../src/editor/rollout/mergeSpans';
import { RolloutSentences } from '../../src/editor/rollout/rolloutSentences';
import { changesWithin, shiftSpan, shiftSpans } from '../../src/editor/rollout/shiftSpans';
import { neighbourUnit, unitAt, unitsNear, unitsOf } from '../../src/editor/rollout/units';

const span = (start: number, end: number, label = 'deduction'): LabelledSpan => ({ start, end, label });

describe('a span under an edit', () => {
  // 10–20 is labelled; [start, end) is replaced by `length` characters.
  it.each([
    ['typed before', [3, 3, 2], [12, 22]],
    ['typed at its start', [10, 10, 2], [12, 22]],
    ['typed inside', [15, 15, 3], [10, 23]],
    ['typed at its end', [20, 20, 3], [10, 20]],
    ['typed after', [25, 25, 3], [10, 20]],
    ['deleted before', [0, 5, 0], [5, 15]],
    ['deleted over its start', [8, 12, 0], [8, 16]],
    ['deleted over its end', [18, 22, 0], [10, 18]],
    ['deleted inside', [12, 14, 0], [10, 18]],
    ['replaced inside', [12, 14, 5], [10, 23]],
    ['replaced exactly', [10, 20, 4], [10, 14]],
    ['replaced over its start', [8, 12, 3], [11, 19]],
    ['replaced over its end', [18, 22, 3], [10, 18]],
    ['deleted exactly', [10, 20, 0], null],
    ['replaced with more around it', [9, 21, 12], null],
  ])('%s', (_, [start, end, length], expected) => {
    const moved = shiftSpan(span(10, 20), { start, end, length });
    expect(moved && [moved.start, moved.end]).toEqual(expected);
  });

  it('takes several changes of one edit, offsets of the text before, in any order', () => {
    const changes = [
      { start: 0, end: 0, length: 1 },
      { start: 15, end: 15, length: 1 },
      { start: 30, end: 40, length: 0 },
    ];
    const { spans, lost } = shiftSpans([span(10, 20), span(30, 40), span(50, 60)], changes);
    expect(spans).toEqual([span(11, 22), span(42, 52)]);
    expect(lost).toEqual([span(30, 40)]);
  });

  it('takes thousands of changes of one edit as it takes them one by one', () => {
    const changes = Array.from({ length: 300 }, (_, i) => ({
      start: i * 10 + (i % 3),
      end: i * 10 + (i % 3) + (i % 4),
      length: (i * 7) % 5,
    }));
    const backwards = [...changes].reverse();
    for (let start = 0; start < 3000; start += 7) {
      const labelled = { ...span(start, start + 1 + (start % 23)), id: undefined };
      const expected = backwards.reduce<LabelledSpan | null>(
        (s, change) => s && shiftSpan(s, change),
        labelled,
      );
      expect(shiftSpans([labelled], changes).spans).toEqual(expected ? [expected] : []);
    }
  });

  it.each([
    ['LF to CRLF', 'So.\nSo.\nSo.\n', 'So.\r\nSo.\r\nSo.\r\n'],
    ['CRLF to LF', '\r\nSo.\r\n\r\nSo.\r\nSo.', '\nSo.\n\nSo.\nSo.'],
    ['one changed word', 'So. Yes. So. So.', 'So. Indeed. So. So.'],
    ['nothing', 'So. So.', 'So. So.'],
  ])(
    'a replacement of the whole text that changes %s keeps every label on its sentence',
    (_, before, after) => {
      const sentencesOf = (text: string) =>
        [...text.matchAll(/So\./g)].map(({ index }) => span(index, index + 3));
      expect(shiftSpans(sentencesOf(before), changesWithin(before, after)).spans).toEqual(sentencesOf(after));
    },
  );

  it('stands over the same text after any edit that does not touch it, and comes back by the reverse', () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: 60 }, () => 'abc d\n'[random(6)]).join('');
      const start = random(50);
      const labelled = span(start, start + 1 + random(9));
      const from = random(60);
      const to = Math.min(60, from + random(8));
      const inserted = 'xyz'.slice(0, random(4));
      const after = text.slice(0, from) + inserted + text.slice(to);
      const moved = shiftSpan(labelled, { start: from, end: to, length: inserted.length });
      if (to <= labelled.start || from >= labelled.end) {
        expect(after.slice(moved!.start, moved!.end)).toBe(text.slice(labelled.start, labelled.end));
        const back = shiftSpan(moved!, { start: from, end: from + inserted.length, length: to - from });
        expect(back).toEqual(labelled);
      } else if (moved) {
        expect(moved.start).toBeLessThan(moved.end);
        expect(moved.end).toBeLessThanOrEqual(after.length);
      }
    }
  });
});

const TEXT =
  '<prompt>\nAdd 2 and 2.\n</prompt>\n<think>\nOkay, I add. It is 5. Wait, it is 4. Wait, yes. So 4.\n</think>\n4';
const rollout = parseRollout(TEXT);
const sentences = new RolloutSentences(rollout).all();
const place = (part: string) => ({ start: TEXT.indexOf(part), end: TEXT.indexOf(part) + part.length });
const units = (spans: LabelledSpan[]) => unitsOf(TEXT, spans, sentences);
const words = (unit: { start: number; end: number } | undefined) => unit && TEXT.slice(unit.start, unit.end);

describe('units', () => {
  it('are the sentences of the reasoning', () => {
    expect(units([]).map(words)).toEqual([
      'Okay, I add.',
      'It is 5.',
      'Wait, it is 4.',
      'Wait, yes.',
      'So 4.',
    ]);
  });

  it('are labelled spans, and the rest of sentences that they leave', () => {
    const spans = [
      { ...place('it is 4.'), label: 'deduction' },
      { ...place('So'), label: 'x' },
    ];
    const found = units(spans);
    expect(found.map(words)).toEqual([
      'Okay, I add.',
      'It is 5.',
      'Wait,',
      'it is 4.',
      'Wait, yes.',
      'So',
      '4.',
    ]);
    expect(found.filter(unit => unit.span).map(unit => unit.span)).toEqual(spans);
  });

  it('keep overlapping and nested spans, and sentences that a long span covers are none', () => {
    const all = { ...place('Okay, I add. It is 5.'), label: 'a' };
    const inner = { ...place('I add'), label: 'b' };
    expect(units([all, inner]).map(words).slice(0, 3)).toEqual([
      'Okay, I add. It is 5.',
      'I add',
      'Wait, it is 4.',
    ]);
  });

  it('near a cursor are those of the whole text there and beside it', () => {
    const lines = Array.from(
      { length: 900 },
      (_, i) => `Step ${i} holds. Wait, is ${i} right? It is.${i % 3 ? '\n' : ' '}`,
    );
    const long = `<prompt>\nWhy?\n</prompt>\n<think>\n${lines.join('')}</think>\nSo.`;
    const parsed = parseRollout(long);
    const spans: LabelledSpan[] = [];
    for (let start = 40; start + 30 < long.length; start += 170)
      spans.push({ start, end: start + 25 + (start % 90), label: 'deduction' });
    // One that reaches over more than the part that is looked at first.
    spans.push({ start: 20_000, end: 31_000, label: 'x' });
    const whole = unitsOf(long, spans, new RolloutSentences(parsed).all());
    const lazy = new RolloutSentences(parsed);
    for (let offset = 0; offset <= long.length; offset += 61) {
      const near = unitsNear(long, spans, lazy, offset);
      expect(near[unitAt(near, offset)], `unit at ${offset}`).toEqual(whole[unitAt(whole, offset)]);
      for (const step of [1, -1] as const)
        expect(neighbourUnit(near, offset, step), `${step} from ${offset}`).toEqual(
          neighbourUnit(whole, offset, step),
        );
    }
  });

  it.each([
    [0, 'Okay, I add.'],
    [TEXT.indexOf('It is 5'), 'It is 5.'],
    [TEXT.indexOf(' Wait, it'), 'It is 5.'],
    [TEXT.indexOf('Wait, yes') + 4, 'Wait, yes.'],
    [TEXT.length, 'So 4.'],
  ])('at %i the unit is %s', (offset, expected) => {
    const all = units([]);
    expect(words(all[unitAt(all, offset)])).toBe(expected);
  });

  it('next and previous walk through all of them and stop at the ends', () => {
    const all = units([]);
    let offset = 0;
    const seen: (string | undefined)[] = [];
    for (let unit = neighbourUnit(all, offset, 1); unit; unit = neighbourUnit(all, offset, 1)) {
      offset = unit.start;
      seen.push(words(unit));
    }
    expect(seen).toEqual(all.map(words));
    expect(words(neighbourUnit(all, offset, -1))).toBe('Wait, yes.');
    expect(neighbourUnit([], 0, 1)).toBeUndefined();
  });
});

describe('changes of labels', () => {
  const [first, second, third] = units([]);

  it('a label is set, changed, and removed', () => {
    const set = withLabel([], third, 'backtracking');
    expect(set).toEqual([{ ...place('Wait, it is 4.'), label: 'backtracking' }]);
    const changed = withLabel([{ ...set[0], id: 'T3' }], units(set)[2], 'deduction');
    expect(changed).toEqual([{ ...set[0], label: 'deduction', id: 'T3' }]);
    expect(withoutLabel(set, units(set)[2])).toEqual([]);
  });

  it('a label is split without white space at the cut; the first part keeps its id', () => {
    const spans = [{ ...first, label: 'a', id: 'T1' }];
    const { spans: split, second: part } = splitUnit(TEXT, spans, units(spans)[0], TEXT.indexOf(' I add'));
    expect(split.map(words)).toEqual(['Okay,', 'I add.']);
    expect(split.map(({ id }) => id)).toEqual(['T1', undefined]);
    expect(words(part)).toBe('I add.');
    expect(() => splitUnit(TEXT, [], first, first.start + 2)).toThrow('label it, then split');
    expect(() => splitUnit(TEXT, spans, units(spans)[0], first.end)).toThrow('inside');
  });

  it('two are merged under the first label there is', () => {
    const spans = [
      { ...second, label: 'b', id: 'T2' },
      { ...third, label: 'c', id: 'T3' },
    ];
    const [u1, u2, u3] = units(spans);
    expect(mergeUnits(spans, u2, u3)).toEqual([
      { start: second.start, end: third.end, label: 'b', id: 'T2' },
    ]);
    expect(mergeUnits(spans, u1, u2).map(words)).toEqual(['Okay, I add. It is 5.', 'Wait, it is 4.']);
    expect(() => mergeUnits([], first, second)).toThrow('Neither');
    expect(() => mergeUnits(spans, u3, undefined)).toThrow('no sentence after');
  });

  it('a label is extended, and cuts back its neighbours without removing any', () => {
    const spans = [
      { ...second, label: 'b' },
      { ...third, label: 'c' },
    ];
    const selection = { start: second.start, end: TEXT.indexOf('it is 4.') };
    expect(extendUnit(TEXT, spans, units(spans)[1], selection).map(words)).toEqual([
      'It is 5. Wait,',
      'it is 4.',
    ]);
    const whole = { start: second.start, end: third.end };
    expect(extendUnit(TEXT, spans, units(spans)[1], whole)).toHaveLength(2);
  });

  it('one label goes to all sentences with the same opening', () => {
    const { spans, opening, count } = labelSameOpening(TEXT, [], units([]), third, 'backtracking');
    expect([opening, count]).toEqual(['wait', 2]);
    expect(spans.map(words)).toEqual(['Wait, it is 4.', 'Wait, yes.']);
  });

  it.each([
    ['Wait, that', 'wait'],
    ['wait that is', 'wait that'],
    ['**Hmm**, no', 'hmm'],
    ["Let's see", "let's see"],
    ['…', ''],
  ])('the opening of %s is %s', (sentence, expected) => expect(openingOf(sentence)).toBe(expected));
});

it('next and previous backtracking go around the ends', () => {
  const spans = [span(50, 60, 'backtracking'), span(10, 20, 'backtracking'), span(30, 40)];
  const at = (offset: number, step: 1 | -1) => neighbourBacktracking(spans, offset, step)?.start;
  expect([at(0, 1), at(10, 1), at(50, 1), at(50, -1), at(10, -1)]).toEqual([10, 50, 10, 10, 50]);
  expect(neighbourBacktracking([span(1, 2)], 0, 1)).toBeUndefined();
});

it('undo gives the labels back where their text stands now, redo again', () => {
  const history = new LabelHistory();
  const before = [span(10, 20)];
  history.record(before);
  const after = [span(10, 20, 'backtracking')];
  history.edited([{ start: 0, end: 0, length: 5 }]);
  expect(history.undo(shiftSpans(after, [{ start: 0, end: 0, length: 5 }]).spans)).toEqual([span(15, 25)]);
  expect([history.canUndo, history.canRedo]).toEqual([false, true]);
  expect(history.redo([span(15, 25)])).toEqual([span(15, 25, 'backtracking')]);
  expect(history.undo([])).toBeDefined();
  history.record([]);
  expect(history.canRedo).toBe(false);
});

describe('labels that were changed here and by others at once', () => {
  const a = { ...span(0, 5, 'a'), id: 'T1' };
  const b = { ...span(6, 9, 'b'), id: 'T2' };
  const theirs = { ...span(20, 30, 'new'), id: 'T1' };
  const b2 = { ...b, id: 'T3' };
  it.each<[string, LabelledSpan[], LabelledSpan[], LabelledSpan[]]>([
    ['nothing here', [a, b], [theirs, b2], [theirs, b2]],
    ['a label set here', [a, b, span(40, 50)], [theirs, b2], [theirs, b2, span(40, 50)]],
    [
      'one set here that got an id meanwhile',
      [a, b, { ...span(40, 50), id: 'T3' }],
      [b2],
      [b2, span(40, 50)],
    ],
    ['set by both', [a, b, span(20, 30, 'c')], [theirs], [{ ...theirs, label: 'c' }]],
    ['changed here', [a, { ...b, label: 'c' }], [theirs, b2], [theirs, { ...b2, label: 'c' }]],
    ['changed here, removed there', [a, { ...b, label: 'c' }], [theirs], [theirs, span(6, 9, 'c')]],
    ['extended here', [a, { ...b, end: 12 }], [b2], [{ ...b2, end: 12 }]],
    ['removed here', [a], [theirs, b2], [theirs]],
    ['removed by both', [], [theirs], [theirs]],
  ])('%s', (_, mine, others, expected) => expect(mergeSpans([a, b], mine, others)).toEqual(expected));
});

it('line ends make no other text', () => {
  expect(withLineEnds('a\r\nb\n', '\r\n')).toBe('a\r\nb\r\n');
  expect([sameLines('a\n', 'a\r\n'), sameLines('a\r\nb\n', 'a\nb\r\n')]).toEqual([true, true]);
  expect([sameLines('a\n', 'a'), sameLines('a\r\n', 'b\n'), sameLines('a', 'b')]).toEqual([
    false,
    false,
    false,
  ]);
});

describe('the history of labels', () => {
  it('moves older labels by many edits as they came, whichever it kept as one', () => {
    let seed = 11;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let round = 0; round < 300; round++) {
      const history = new LabelHistory();
      const all = Array.from({ length: 12 }, (_, i) => ({ ...span(i * 5, i * 5 + 4), id: `T${i}` }));
      let expected: LabelledSpan[] = all;
      history.record(all);
      let at = random(60);
      for (let key = 0; key < 12; key++) {
        // Keys mostly go on where the last one was, and sometimes delete.
        const deletes = random(3) === 0;
        if (random(5) === 0) at = random(60);
        const start = deletes ? Math.max(0, at - 1 - random(2)) : at;
        const change = {
          start,
          end: deletes ? at : at + (random(6) === 0 ? 2 : 0),
          length: deletes ? 0 : 1 + random(2),
        };
        at = start + change.length;
        expected = shiftSpans(expected, [change]).spans;
        history.edited([change]);
      }
      expect(history.undo([])).toEqual(expected);
    }
  });

  it('keeps a run of keys as one edit, and none from before its oldest labels', () => {
    const history = new LabelHistory();
    history.record([span(10, 20)]);
    for (let key = 0; key < 10_000; key++) history.edited([{ start: 3 + key, end: 3 + key, length: 1 }]);
    expect(history.kept).toBe(1);
    for (let label = 0; label < 1000; label++) {
      history.record([span(10, 20)]);
      history.edited([{ start: 0, end: 0, length: 1 }]);
    }
    expect(history.kept).toBeLessThanOrEqual(200);
    expect(history.undo([])).toEqual([span(11, 21)]);
    expect(history.undo([])).toEqual([span(12, 22)]);
  });
});
