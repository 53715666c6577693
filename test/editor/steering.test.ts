import { describe, expect, it } from 'vitest';
import { withJudged } from '../../src/editor/labelling/judgedSpans';
import { countWindows } from '../../src/editor/models/folderWindows';
import { describeMeasures, measureCompletion, percent } from '../../src/editor/steering/completionMeasures';
import { freeName, rolloutName, steeredName, takenNames } from '../../src/editor/steering/completionName';
import { parseStrength, parseStrengths, strengthText } from '../../src/editor/steering/strengths';
import { sweepText } from '../../src/editor/steering/sweepText';

describe('strengths as they are typed', () => {
  it.each([
    ['4', 4],
    [' -2.5 ', -2.5],
    ['−3', -3],
    ['0,5', 0.5],
    ['+1.', 1],
    ['.25', 0.25],
    ['0', 0],
  ])('%j is %d', (text, strength) => expect(parseStrength(text)).toBe(strength));

  it.each(['', ' ', 'four', '1e3', '4 4', '--2', '1001', 'NaN', 'Infinity', '1,2,3'])(
    '%j is refused with a sentence',
    text => expect(parseStrength(text)).toMatch(/^A number/),
  );

  it.each([
    ['0, 1, 2, 4, 8', [0, 1, 2, 4, 8]],
    ['0;1 2', [0, 1, 2]],
    ['4, 4, −4', [4, -4]],
    ['0..8 by 2', [0, 2, 4, 6, 8]],
    ['0 .. 1 by 0.1', [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    ['-2..2', [-2, -1, 0, 1, 2]],
    ['4..-4 by 4', [4, 0, -4]],
    ['3..3', [3]],
  ])('%j is %j', (text, strengths) => expect(parseStrengths(text)).toEqual(strengths));

  it.each([
    ['', /^Some strengths/],
    ['0, two, 4', /^two: a number/],
    ['0..8 by 0', /step/],
    ['0..8 by -1', /step/],
    ['0..x', /^A range/],
    ['0..100', /^101 strengths are too many/],
  ])('%j is refused', (text, sentence) => expect(parseStrengths(text)).toMatch(sentence));

  it('are written without needless digits', () =>
    expect([4, -2.5, 0.1 + 0.2].map(strengthText)).toEqual(['4', '-2.5', '0.3']));
});

describe('names of steered rollouts', () => {
  it.each([
    ['/a/b/tea.rollout.txt', 'tea'],
    ['/a/notes.txt', 'notes'],
    ['Untitled-1', 'Untitled-1'],
    ['/a/.rollout.txt', 'rollout'],
  ])('%s is called %s', (path, name) => expect(rolloutName(path)).toBe(name));

  it('say the strength, and its sign in a way that no dash hides', () =>
    expect([steeredName('tea', 4), steeredName('tea', -2.5)]).toEqual([
      'tea.steered-4',
      'tea.steered-minus-2.5',
    ]));

  it.each([
    [[], 'tea'],
    [['tea'], 'tea.2'],
    [['TEA', 'tea.2'], 'tea.3'],
    [['tea.2'], 'tea'],
  ])('beside %j the first free one is %s', (taken, name) => expect(freeName('tea', taken)).toBe(name));

  it.each([
    ['tea.rollout.txt', ['tea']],
    ['tea.rollout.ann', ['tea']],
    ['tea.steered-4.rollout.json', ['tea.steered-4']],
    ['tea.txt', []],
    ['.rollout.txt', []],
  ])('%s takes %j', (file, names) => expect(takenNames([file])).toEqual(names));
});

describe('measures of a completion', () => {
  it('count waits among words, and call a loop one', () => {
    const prose = 'Wait, the park is closed. Hmm, so Ann drinks tea at home, or does she wait for noon?';
    expect(measureCompletion(prose, 20)).toMatchObject({
      tokens: 20,
      waits: 3,
      rate: 3 / 18,
      fallsApart: false,
    });
    const loop = measureCompletion('Wait. '.repeat(40), 80);
    expect(loop).toMatchObject({ waits: 40, rate: 1, fallsApart: true });
    expect(describeMeasures(loop)).toMatch(
      /^80 tokens · 40 wait\/hmm \(b 100%\) · 97% repeated 4-grams: falls apart/,
    );
    expect(describeMeasures(measureCompletion('', 0))).toBe(
      '0 tokens · 0 wait/hmm (b 0%) · 0% repeated 4-grams',
    );
  });

  it.each([
    [0, '0%'],
    [0.004, '0.4%'],
    [0.0994, '9.9%'],
    [0.0996, '10%'],
    [1, '100%'],
  ])('%d is shown as %s', (share, text) => expect(percent(share)).toBe(text));
});

describe('a sweep as text', () => {
  const row = (strength: number, sample: number, text: string, ended?: string) => ({
    strength,
    sample,
    text,
    ended,
    measures: measureCompletion(text, text.length),
  });

  it('has a line for each strength, aligned, and every completion indented below its heading', () => {
    const shown = sweepText(['About'], [row(0, 0, 'Tea.\nNo.', 'ended'), row(-2.5, 0, 'Wait. '.repeat(20))]);
    expect(shown.split('\n').slice(0, 9)).toEqual([
      'About',
      '',
      'strength   tokens   wait/hmm      b   repeated 4-grams',
      '       0        8          0     0%                 0%   ended',
      '    -2.5      120         20   100%                94%   falls apart, running …',
      '',
      'strength 0',
      '  Tea.',
      '  No.',
    ]);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(84);
    expect(shown.match(/Wait\./g)).toHaveLength(20);
  });

  it('gives means over samples, which are numbered', () => {
    const shown = sweepText([], [row(1, 0, 'Wait.', 'ended'), row(1, 1, 'Noon.', 'too long')]);
    expect(shown).toMatch(/^ +1 +5\.0 +0\.5 +50% +0% +ended, too long$/m);
    expect(shown).toContain('strength 1, sample 2 of 2\n  Noon.');
  });
});

describe("a judge's labels beside those that are there", () => {
  const span = (start: number, end: number, label: string) => ({ start, end, label });
  const there = [span(0, 10, 'deduction'), span(20, 30, 'backtracking')];
  const judged = [span(0, 10, 'initializing'), span(10, 20, 'deduction'), span(25, 40, 'deduction')];

  it.each([
    ['fill', undefined, ['deduction', 'backtracking', 'deduction 10']],
    ['replace', undefined, ['initializing', 'deduction 10', 'deduction 25']],
    ['replace', { start: 12, end: 18 }, ['deduction', 'backtracking', 'deduction 10']],
    ['replace', { start: 0, end: 5 }, ['backtracking', 'initializing']],
  ] as const)('%s in %j', (how, within, expected) => {
    const name = ({ label, start }: { label: string; start: number }) =>
      start === 10 || start === 25 ? `${label} ${start}` : label;
    expect(withJudged(there, judged, how, within).map(name)).toEqual(expected);
  });
});

describe('windows of a folder', () => {
  const rollouts = [
    {
      ids: new Array(50).fill(0),
      sentences: [
        { first: 4, label: 'backtracking' },
        { first: 30, label: 'backtracking' },
      ],
    },
    {
      ids: new Array(50).fill(0),
      sentences: [
        { first: 30, label: 'deduction' },
        { first: -1, label: 'backtracking' },
      ],
    },
  ];
  it.each([
    ['backtracking', -12, 5, { windows: 1, rollouts: 1 }],
    ['backtracking', -2, 1, { windows: 2, rollouts: 1 }],
    ['deduction', 25, 4, { windows: 0, rollouts: 0 }],
    ['deduction', 0, 1, { windows: 1, rollouts: 1 }],
  ])('%s %d, %d', (label, offset, length, counted) =>
    expect(countWindows(rollouts, label, { offset, length })).toEqual(counted),
  );
});
