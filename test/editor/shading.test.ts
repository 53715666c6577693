import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRollout } from '../../src/core/rollout';
import { hoverTextAt } from '../../src/editor/rollout/hoverText';
import { RolloutTokenizer } from '../../src/editor/rollout/rolloutTokenizer';
import { RolloutTokens } from '../../src/editor/rollout/rolloutTokens';
import { ScoredText } from '../../src/editor/rollout/scoredText';
import { shadeRanges } from '../../src/editor/rollout/shadeRanges';
import {
  SHADE_EXPLANATIONS,
  type ShadeKind,
  scaleOf,
  scaleText,
  shadeLine,
  stepOf,
  valueText,
} from '../../src/editor/rollout/shadeScale';
import { TextModel } from '../../src/model/textModel';

const REASONING = join(__dirname, '../../models/reasoning');
const NAN = Number.NaN;
/** 0, 1, … 99, whose 98 % quantile is 98. */
const HUNDRED = Float32Array.from({ length: 100 }, (_, i) => i);

describe('lines of shades', () => {
  it.each([
    [-4, { style: 'dashed', width: 2 }],
    [-3, { style: 'dashed', width: 1 }],
    [-2, { style: 'dashed', width: 1 }],
    [-1, { style: 'dashed', width: 1 }],
    [1, undefined],
    [2, undefined],
    [3, { style: 'solid', width: 1 }],
    [4, { style: 'solid', width: 2 }],
  ])('step %i', (step, line) => expect(shadeLine(step)).toEqual(line));

  it('the divergence says its direction and its unit', () =>
    expect(SHADE_EXPLANATIONS.divergence).toMatch(/KL\(reasoning ‖ base\) in bits/));
});

describe('scale of a shading', () => {
  it.each<[ShadeKind, number[] | Float32Array, { centre: number; top: number } | undefined]>([
    ['surprisal', HUNDRED, { centre: 0, top: 98 }],
    ['surprisal', [NAN, 2, 4, NAN], { centre: 0, top: 4 }],
    // Noise in a text without surprises stays without shade.
    ['surprisal', [0, 0.01, 0.02], { centre: 0, top: 1 }],
    ['divergence', [0, 0.001], { centre: 0, top: 0.25 }],
    ['projection', HUNDRED, { centre: 49.5, top: 49.5 }],
    ['projection', [5, 5, 5], { centre: 5, top: 0 }],
    ['projection', [-0.001, 0.001], { centre: 0, top: 0.001 }],
    ['projection', [NAN], undefined],
    ['surprisal', [], undefined],
  ])('%s of %s', (kind, values, expected) => {
    const scale = scaleOf(kind, Float32Array.from(values));
    if (!expected) return expect(scale).toBeUndefined();
    expect(scale!.centre).toBeCloseTo(expected.centre, 6);
    expect(scale!.top).toBeCloseTo(expected.top, 6);
  });

  it('a few outliers do not bleach the rest', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 10 ? 1e6 : 1 + (i % 4)));
    const scale = scaleOf('surprisal', values)!;
    expect(scale.top).toBe(4);
    expect([1, 2, 3, 4, 1e6].map(value => stepOf(scale, value))).toEqual([1, 2, 3, 4, 4]);
  });

  it.each([
    [0, 0],
    [0.9, 0],
    [1, 1],
    [2.9, 1],
    [3.1, 2],
    [7, 4],
    [80, 4],
    [-0.9, 0],
    [-1.1, -1],
    [-80, -4],
    [NAN, 0],
    [Number.POSITIVE_INFINITY, 0],
  ])('%f of 8 is step %i', (value, step) => {
    const scale = { kind: 'projection' as const, centre: 0, deviation: 1, top: 8 };
    expect(Object.is(stepOf(scale, value), step)).toBe(true);
    expect(stepOf({ ...scale, centre: 100 }, 100 + value)).toBe(step);
  });

  it('equal projections have no shade', () => {
    const scale = scaleOf('projection', Float32Array.of(5, 5))!;
    expect(stepOf(scale, 5)).toBe(0);
  });

  it('says what a shade and a value are', () => {
    const bits = { kind: 'surprisal' as const, centre: 0, deviation: 2, top: 7.24 };
    expect(scaleText(bits)).toBe('surprisal 0–7.24 bits');
    expect(valueText(bits, 12.34)).toBe('surprisal 12.3 bits');
    expect(valueText({ ...bits, kind: 'divergence' }, 0.8)).toBe('KL reasoning ‖ base 0.80 bits');
    const projection = { kind: 'projection' as const, centre: -2, deviation: 4, top: 3 };
    expect(scaleText(projection)).toBe('projection ±3.00 about the mean');
    expect(valueText(projection, -8)).toBe(
      'projection −1.5 σ from the mean of this response (−8.00; mean −2.00)',
    );
    expect(valueText({ ...projection, deviation: 0 }, -2)).toMatch('+0.0 σ');
  });
});

describe('values of a text', () => {
  const some = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i);

  it.each([
    ['an edit in the middle', [1, 2, 9, 4, 5], [0, 1, NAN, NAN, NAN]],
    ['more at the end', [1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, NAN, NAN]],
    ['less at the end', [1, 2, 3], [0, 1, 2]],
    ['an edit at the start', [9, 2, 3, 4, 5], [NAN, NAN, NAN, NAN, NAN]],
    ['nothing', [1, 2, 3, 4, 5], [0, 1, 2, 3, 4]],
    ['all gone', [], []],
  ])('before an edit stay: %s', (_, ids, left) => {
    const text = new ScoredText();
    text.update([1, 2, 3, 4, 5], 'key');
    expect(text.complete).toBe(false);
    text.put(0, some(0, 5));
    expect(text.complete).toBe(true);
    text.update(ids, 'key');
    expect([...text.values]).toEqual(left);
    expect(text.complete).toBe(!left.some(Number.isNaN));
  });

  it('are of one model and vector', () => {
    const text = new ScoredText();
    text.update([1, 2, 3], 'one');
    text.put(0, some(0, 3));
    text.update([1, 2, 3], 'other');
    expect([...text.values]).toEqual([NAN, NAN, NAN]);
  });

  it('come in pieces; what an unfinished reading did not reach is not kept as known', () => {
    const text = new ScoredText();
    text.update([1, 2, 3, 4], 'key');
    text.put(1, some(1, 2));
    expect(text.complete).toBe(false);
    text.update([1, 2, 3, 4, 5], 'key');
    expect([...text.values]).toEqual([NAN, 1, 2, NAN, NAN]);
    text.put(1, some(1, 9));
    expect([...text.values]).toEqual([NAN, 1, 2, 3, 4]);
    expect(text.complete).toBe(true);
  });

  it('a text whose only token has no value is complete once it was read', () => {
    const text = new ScoredText();
    text.update([1], 'key');
    expect(text.complete).toBe(false);
    text.finish();
    expect(text.complete).toBe(true);
  });

  it('have the scale of the response, followed as they come', () => {
    const text = new ScoredText();
    text.update([1, 2, 3, 4], 'key');
    expect(text.scale('projection', 2)).toBeUndefined();
    text.put(0, Float32Array.of(1000, 1000, 1, 3));
    expect(text.scale('projection', 2)).toMatchObject({ centre: 2, top: 1 });
    text.put(3, Float32Array.of(5));
    expect(text.scale('projection', 2)).toMatchObject({ centre: 3, top: 2 });
  });
});

const TEXT = '<prompt>\nWhere is Bea?\n</prompt>\n<think>\nBea is home. 👩‍👩‍👧 Wait, no.\n</think>\nOut.';

describe('shaded ranges', () => {
  const model = TextModel.open(REASONING);
  const rollout = parseRollout(TEXT);
  const tokens = new RolloutTokens(RolloutTokenizer.open(REASONING));
  tokens.update(rollout);
  tokens.encodeUntil(Number.POSITIVE_INFINITY);
  const all = model.rolloutTokens(rollout);
  const whole = { start: 0, end: TEXT.length };
  const first = tokens.responsePosition!;

  it('count as the model counts', () => {
    expect([...tokens.firstIds(10_000)]).toEqual(all.ids);
    expect([...tokens.firstIds(7)]).toEqual(all.ids.slice(0, 7));
    expect(all.starts[first]).toBeGreaterThanOrEqual(all.responseStart);
    expect(all.ends[first - 1]).toBeLessThanOrEqual(all.responseStart);
  });

  it('cover the response, each token by the step of its position', () => {
    const steps = shadeRanges(tokens, whole, position => (position % 2 ? 1 : -2));
    const covered = [...steps.values()].flat().sort((a, b) => a.start - b.start);
    expect(covered[0].start).toBe(rollout.responseStart);
    expect(covered.at(-1)!.end).toBe(TEXT.length);
    for (const [i, { start }] of covered.slice(1).entries()) expect(start).toBe(covered[i].end);
    for (let t = first; t < all.ids.length; t++) {
      const start = all.starts[t] - all.responseStart + rollout.responseStart;
      if (all.starts[t] === all.starts[t - 1] || all.starts[t] === all.starts[t + 1]) continue;
      const step = t % 2 ? 1 : -2;
      expect(steps.get(step)!.some(range => range.start <= start && start < range.end)).toBe(true);
    }
  });

  it('are one where neighbours have the same step, and none at step 0', () => {
    expect([...shadeRanges(tokens, whole, () => 3)]).toEqual([
      [3, [{ start: rollout.responseStart, end: TEXT.length }]],
    ]);
    expect(shadeRanges(tokens, whole, () => 0).size).toBe(0);
    expect(shadeRanges(tokens, whole, () => 0)).toEqual(new Map());
  });

  it('of an emoji are drawn once, by its strongest token', () => {
    const at = TEXT.indexOf('👩');
    const emoji = { start: at, end: at + 2 };
    const touching = [...tokens.tokensIn(emoji.start, emoji.end)];
    expect(touching.length).toBeGreaterThan(1);
    const strongest = touching[1].position;
    const steps = shadeRanges(tokens, emoji, position => (position === strongest ? -4 : 1));
    expect(steps.get(-4)).toHaveLength(1);
    const ranges = [...steps.values()].flat().sort((a, b) => a.start - b.start);
    for (const [i, { start }] of ranges.slice(1).entries())
      expect(start).toBeGreaterThanOrEqual(ranges[i].end);
  });

  it('only near what is visible', () => {
    const wait = TEXT.indexOf('Wait');
    const steps = shadeRanges(tokens, { start: wait, end: wait + 4 }, () => 1);
    const [range] = steps.get(1)!;
    expect(range.start).toBeGreaterThan(wait - 3);
    expect(range.end).toBeLessThan(wait + 8);
  });

  it('are told on hover, also where no label is; the text of a hover is escaped', () => {
    const offset = TEXT.indexOf('Bea is');
    const range = tokens.placeOf(tokens.tokenAt(offset)!)!;
    const window = { offset: -12, length: 5 };
    expect(hoverTextAt(offset, TEXT, [], tokens, window)).toBeNull();
    const found = hoverTextAt(offset, TEXT, [], tokens, window, { line: 'surprisal 7.3 bits', range })!;
    expect(found.range).toEqual(range);
    expect(found.lines).toEqual(['surprisal 7\\.3 bits']);
    const span = { start: offset, end: offset + 10, label: 'deduction' };
    const both = hoverTextAt(offset, TEXT, [span], tokens, window, { line: 'x', range })!;
    expect(both.range).toMatchObject({ start: span.start, end: span.end });
    expect(both.lines).toHaveLength(2);
  });
});

it('a scale and the visible ranges of a long text take little time', () => {
  const values = Float32Array.from({ length: 131_072 }, (_, i) => Math.abs(Math.sin(i)) * 9);
  const started = performance.now();
  const { top, deviation } = scaleOf('surprisal', values)!;
  expect(performance.now() - started).toBeLessThan(50);
  // |sin| is above 0.9995 two times in a hundred, and its deviation is √(½ − 4/π²).
  expect(top).toBeCloseTo(9 * Math.sin(0.49 * Math.PI), 2);
  expect(deviation).toBeCloseTo(9 * Math.sqrt(0.5 - 4 / Math.PI ** 2), 2);
});
