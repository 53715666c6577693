import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { differenceOfMeans, labelCounts, VENHOFF } from '../../src/core/differenceOfMeans';
import { planHarvest } from '../../src/core/harvestPlan';
import { addToSums, emptySums, type HarvestSums, meanActivation, meanToken } from '../../src/core/sums';
import { cosine, norm } from '../../src/core/vectorAlgebra';
import { firstToken, windowPositions } from '../../src/core/windows';

const D = 5;
const LAYERS = [2, 7];
const OFFSETS: [number, number] = [-9, 4];
const NAMES = ['backtracking', 'deduction', 'initializing'];

interface Text {
  /** h[layer][token][d] */
  h: number[][][];
  sentences: { first: number; label: string }[];
  half: 0 | 1;
}

function randomTexts(seed: number): Text[] {
  const state = xoroshiro128plus(seed);
  const random = () => uniformFloat64(state);
  return [6, 3, 17, 40, 25, 1].map((tokens, i) => ({
    half: (i % 2) as 0 | 1,
    h: LAYERS.map(() =>
      Array.from({ length: tokens }, () => Array.from({ length: D }, () => random() * 2 - 1)),
    ),
    sentences: Array.from({ length: tokens }, (_, first) => ({
      first,
      label: NAMES[Math.floor(random() * 3)],
    })).filter(({ first }) => first === 0 || first === tokens - 1 || random() < 0.5),
  }));
}

/** What the engine does with a plan. */
function harvest(texts: Text[]): HarvestSums {
  const all = emptySums(LAYERS, D, OFFSETS);
  for (const { h, sentences, half } of texts) {
    const one = emptySums(LAYERS, D, OFFSETS);
    one.totals.tokens = h[0].length;
    one.totals.rollouts = 1;
    LAYERS.forEach((_, l) => {
      for (const row of h[l]) for (let j = 0; j < D; j++) one.totals.sum[l][j] += row[j];
    });
    one.groups = planHarvest(sentences, h[0].length, half, OFFSETS).map(
      ({ label, half, from, to, firsts }) => ({
        label,
        half,
        from,
        to,
        count: firsts.length,
        sums: LAYERS.map((_, l) => {
          const sum = new Float64Array((to - from + 1) * D);
          for (const first of firsts) {
            for (let o = from; o <= to; o++)
              for (let j = 0; j < D; j++) sum[(o - from) * D + j] += h[l][first + o][j];
          }
          return sum;
        }),
      }),
    );
    addToSums(all, one);
  }
  return all;
}

/** The definition, word for word. */
function bruteForce(
  texts: Text[],
  layer: number,
  offset: number,
  length: number,
  keep: (label: string, half: number) => boolean,
) {
  const mean = new Array(D).fill(0);
  let windows = 0;
  for (const { h, sentences, half } of texts) {
    for (const { first, label } of sentences) {
      if (!keep(label, half)) continue;
      const rows = h[LAYERS.indexOf(layer)].filter(
        (_, s) => s >= first + offset && s < first + offset + length,
      );
      if (rows.length === 0) continue;
      windows++;
      for (let j = 0; j < D; j++) mean[j] += rows.reduce((sum, row) => sum + row[j], 0) / rows.length;
    }
  }
  return { mean: mean.map(value => value / windows), windows };
}

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits: number) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], digits);
};

describe('means from one harvest', () => {
  const texts = randomTexts(3);
  const sums = harvest(texts);

  test.each([
    [-9, 1],
    [-9, 14],
    [-8, 5],
    [-1, 6],
    [0, 1],
    [4, 1],
    [-3, 3],
  ])('equal the definition, window %i length %i', (offset, length) => {
    for (const layer of LAYERS) {
      for (const label of [null, ...NAMES]) {
        for (const half of [undefined, 0, 1] as const) {
          const expected = bruteForce(
            texts,
            layer,
            offset,
            length,
            (l, h) => (label ?? l) === l && (half ?? h) === h,
          );
          const actual = meanActivation(sums, { label, layer, offset, length, half });
          expect(actual.windows).toBe(expected.windows);
          expect(actual.windows).toBeGreaterThan(0);
          expectClose(actual.mean, expected.mean, 12);
        }
      }
    }
  });

  test('make the difference of means, raw and by Venhoff', () => {
    const plus = bruteForce(texts, 7, -8, 5, label => label === 'backtracking');
    const all = bruteForce(texts, 7, -8, 5, () => true);
    const v = differenceOfMeans(sums, { label: 'backtracking', layer: 7, offset: -8, length: 5 });
    expectClose(
      v.vector,
      plus.mean.map((value, j) => value - all.mean[j]),
      6,
    );
    expect([v.positives, v.windows]).toEqual([plus.windows, all.windows]);
    expect(v.norm).toBeCloseTo(norm(v.vector), 12);
    const halves = [0, 1].map(half => {
      const a = bruteForce(texts, 7, -8, 5, (label, h) => label === 'backtracking' && h === half).mean;
      const b = bruteForce(texts, 7, -8, 5, (_, h) => h === half).mean;
      return a.map((value, j) => value - b[j]);
    });
    expect(v.splitHalfCosine).toBeCloseTo(cosine(halves[0], halves[1]), 6);

    const rows = texts.flatMap(text => text.h[1]);
    const overall = Array.from(
      { length: D },
      (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length,
    );
    expectClose(meanToken(sums, 7), overall, 12);
    const choice = { ...VENHOFF, label: 'deduction', layer: 7, length: 6 };
    const w = differenceOfMeans(sums, choice);
    const near = bruteForce(texts, 7, -1, 6, label => label === 'deduction').mean.map(
      (value, j) => value - overall[j],
    );
    expect(w.norm).toBeCloseTo(norm(overall), 6);
    expect(w.meanNorm).toBeCloseTo(norm(overall), 6);
    expectClose(
      w.vector,
      near.map(value => (value * norm(overall)) / norm(near)),
      6,
    );
  });

  test('count sentences per label', () => {
    const counts = labelCounts(sums);
    for (const name of NAMES) {
      expect(counts.get(name)).toBe(texts.flatMap(t => t.sentences).filter(s => s.label === name).length);
    }
  });

  test.each([
    [{ label: 'nothing' }, /no window of "nothing" contributed.*backtracking \d+/],
    [{ layer: 3 }, /layer 3 was not harvested: choose one of 2, 7/],
    [{ offset: -10 }, /-10…-6 was not harvested.*-9…4/],
    [{ offset: 0, length: 6 }, /0…5 was not harvested/],
    [{ length: 0 }, /length of at least 1/],
  ])('refuse %j', (change, message) => {
    const choice = { label: 'backtracking', layer: 2, offset: -8, length: 5, ...change };
    expect(() => differenceOfMeans(sums, choice)).toThrow(message);
  });

  test('refuse a label that is every label, and a harvest of another shape', () => {
    const only = harvest(texts.map(t => ({ ...t, sentences: t.sentences.map(s => ({ ...s, label: 'x' })) })));
    expect(() => differenceOfMeans(only, { label: 'x', layer: 2, offset: -8, length: 5 })).toThrow(
      /every labelled window/,
    );
    expect(() => addToSums(sums, emptySums([2], D, OFFSETS))).toThrow(/do not fit/);
  });
});

test('a plan leaves out sentences without a token or a valid offset', () => {
  const sentences = [-1, 0, 1, 9, 10].map(first => ({ first, label: 'x' }));
  expect(planHarvest(sentences, 10, 1, [-3, -1])).toEqual([
    { label: 'x', half: 1, from: -1, to: -1, firsts: [1] },
    { label: 'x', half: 1, from: -3, to: -1, firsts: [9] },
  ]);
});

test('the first token is the first whose characters reach beyond the start', () => {
  // "So" " Wait" "," (empty) " no"
  const ends = [2, 7, 8, 8, 11];
  expect([0, 1, 2, 3, 7, 8, 10, 11].map(start => firstToken(ends, start))).toEqual([0, 0, 1, 1, 2, 4, 4, -1]);
  expect(firstToken([], 0)).toBe(-1);
});

test.each([
  [20, -12, 5, 100, [8, 13]],
  [10, -12, 5, 100, [0, 3]],
  [3, -12, 5, 100, [0, 0]],
  [98, -1, 12, 100, [97, 100]],
  [98, 5, 2, 100, [100, 100]],
  [-1, 3, 2, 100, [0, 0]],
])('the window of token %i, offset %i, length %i of %i', (first, offset, length, count, expected) => {
  expect(windowPositions(first, offset, length, count)).toEqual(expected);
});
