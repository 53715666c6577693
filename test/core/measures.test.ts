import { describe, expect, test } from 'vitest';
import { degeneration, isDegenerate } from '../../src/core/degeneration';
import { parseRecord } from '../../src/core/jsonlImport';
import { bootstrapInterval, keywordRate, mean, standardDeviation, words } from '../../src/core/keywordRate';
import { lensScore, lensTokens } from '../../src/core/logitLens';
import * as algebra from '../../src/core/vectorAlgebra';
import { checkVectorFits, describeVector, parseVectorMetadata } from '../../src/core/vectorMetadata';

test.each([
  ['Wait, wait. WAIT! Hmm… so', 4 / 5],
  ['Waiting for the waiter, hmmm', 0],
  ["**Wait**—no; don't", 1 / 3],
  ['', 0],
  ['+ = ?', 0],
])('b of %j', (text, rate) => {
  expect(keywordRate(text)).toBeCloseTo(rate, 12);
});

test('words, mean, deviation and interval', () => {
  expect(words("Don't x²+3.5 Élan, I’m")).toEqual(["don't", 'x²', '3', '5', 'élan', 'i’m']);
  expect([mean([1, 2, 6]), standardDeviation([1, 2, 6]), standardDeviation([4])]).toEqual([
    3,
    Math.sqrt(7),
    0,
  ]);
  const values = Array.from({ length: 400 }, (_, i) => i % 5);
  const { low, high } = bootstrapInterval(values, { seed: 3 });
  // The mean is 2, its standard error √2/20 = 0.071.
  expect(low).toBeGreaterThan(2 - 3 * 0.071);
  expect(low).toBeLessThan(2 - 0.071);
  expect(high).toBeGreaterThan(2 + 0.071);
  expect(high).toBeLessThan(2 + 3 * 0.071);
  expect(bootstrapInterval(values, { seed: 3 })).toEqual({ low, high });
  expect(bootstrapInterval([]).low).toBeNaN();
});

describe('degeneration', () => {
  const prose =
    'So the train leaves at nine and takes two hours, which means that it arrives by eleven. Wait, the clock is wrong by ten ' +
    'minutes, so I should add them before I compare both arrival times with the table in the question.';
  test.each([
    ['prose', prose, false],
    ['a word in a loop', 'Wait. '.repeat(60), true],
    ['a sentence in a loop', 'Wait, let me check this again. '.repeat(20), true],
    ['prose that ends in a loop', prose + ' Hmm, wait, wait, no.'.repeat(40), true],
    ['one letter', `${prose.slice(0, 80)} ${'a'.repeat(3000)}`, true],
    ['a few words', 'Wait. Wait. Wait.', false],
    ['no text', '', false],
  ])('%s', (_, text, expected) => {
    expect(isDegenerate(text)).toBe(expected);
  });
  test('has plain numbers', () => {
    expect(degeneration('a b c d a b c d').repeatedFourGrams).toBeCloseTo(1 / 5, 12);
    expect(degeneration('').bitsPerCharacter).toBe(0);
    expect(degeneration(prose).bitsPerCharacter).toBeGreaterThan(3);
  });
});

test('the lens looks at tokens that contain wait or but', () => {
  expect(lensTokens(['ĠWait', 'so', 'BUT', 'attribute', 'wai'])).toEqual([0, 2, 3]);
  expect(lensScore([4, 0, 2, 1], [0, 2])).toEqual({ score: 3, percentile: 0.75 });
  expect(() => lensScore([1], [])).toThrow(/no token/);
  expect(() => lensScore([1], [1])).toThrow(/token 1 has no logit/);
});

describe('vectors', () => {
  test('add, scale and turn', () => {
    expect([...algebra.add([1, 2], [3, 4])]).toEqual([4, 6]);
    expect([...algebra.subtract([1, 2], [3, 5])]).toEqual([-2, -3]);
    expect([...algebra.scaleTo([3, 4], 10)]).toEqual([6, 8]);
    expect(algebra.cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
    expect([...algebra.orthogonalise([3, 4], [2, 0])]).toEqual([0, 4]);
    expect(() => algebra.dot([1], [1, 2])).toThrow(/1 and 2 numbers/);
    expect(() => algebra.scaleTo([0, 0], 1)).toThrow(/zero vector/);
  });
  test('noise has the norm, the seed and a Gaussian spread', () => {
    const noise = algebra.gaussianNoise(5000, 7, 1);
    expect(algebra.norm(noise)).toBeCloseTo(7, 4);
    expect(algebra.gaussianNoise(5000, 7, 1)).toEqual(noise);
    expect(Math.abs(algebra.cosine(noise, algebra.gaussianNoise(5000, 7, 2)))).toBeLessThan(0.06);
    const sigma = 7 / Math.sqrt(5000);
    const within = noise.filter(x => Math.abs(x) < sigma).length / 5000;
    expect(within).toBeGreaterThan(0.66);
    expect(within).toBeLessThan(0.71);
  });
  test('pairwise cosine is the mean over pairs', () => {
    const vs = [
      [1, 0, 0],
      [2, 2, 0],
      [0, 1, 5],
      [0, 0, 0],
    ];
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([a, b]) => algebra.cosine(vs[a], vs[b]));
    expect(algebra.pairwiseCosine(vs)).toBeCloseTo(mean(pairs), 12);
    expect(algebra.pairwiseCosine([[1, 2]])).toBeNaN();
  });
});

describe('a vector file describes itself', () => {
  const meta = {
    model: 'tiny-base',
    modelHash: 'aa',
    familyHash: 'ff',
    tokenizerHash: 'bb',
    layer: 3,
    dModel: 64,
    operation: 'difference-of-means',
    label: 'backtracking',
    windowOffset: -12,
    windowLength: 5,
    labelCounts: { backtracking: 10, deduction: 90 },
    positives: 9,
    windows: 95,
    rolloutHashes: ['01', '02'],
    norm: 0.1 + 0.2,
    meanNorm: 12.5,
    splitHalfCosine: null,
    toolVersion: '0.1.0',
  };
  test('and is read back the same', () => {
    const map = describeVector(meta);
    expect(Object.values(map).every(value => typeof value === 'string')).toBe(true);
    expect(map.hook).toBe('resid_post.3');
    expect(parseVectorMetadata(map)).toEqual(meta);
    expect(parseVectorMetadata(describeVector({ ...meta, splitHalfCosine: 0.9 })).splitHalfCosine).toBe(0.9);
  });
  test.each([
    [{ format: 'pt' }, /not a Doubletake vector/],
    [{ formatVersion: '2' }, /version 2/],
    [{ layer: '1.5' }, /broken "layer"/],
    [{ norm: '' }, /broken "norm"/],
    [{ rolloutHashes: '{' }, /broken "rolloutHashes"/],
    [{ labelCounts: '[]' }, /broken "labelCounts"/],
  ])('or is refused: %j', (change, message) => {
    expect(() => parseVectorMetadata({ ...describeVector(meta), ...change })).toThrow(message);
  });
  test('a missing field is named', () => {
    const { label: _, ...rest } = describeVector(meta);
    expect(() => parseVectorMetadata(rest)).toThrow(/lacks "label"/);
  });
  test.each([
    [{}, null],
    [{ dModel: 32 }, /64 numbers.* 32/],
    [{ layers: 3 }, /layer 3.*layers 0 to 2/],
    [{ familyHash: 'ee' }, /another family/],
  ])('and fits a model or not: %j', (change, message) => {
    const check = () =>
      checkVectorFits(meta, { name: 'tiny-r1', dModel: 64, layers: 4, familyHash: 'ff', ...change });
    if (message) expect(check).toThrow(message);
    else expect(check).not.toThrow();
  });
});

describe('a JSON line', () => {
  test('counts code points and keeps what else it says', () => {
    const line = JSON.stringify({
      id: 7,
      prompt: 'Q',
      response: '🙂 Wait',
      labels: [{ start: 2, end: 6, label: 'backtracking' }],
      category: 'x',
    });
    expect(parseRecord(line)).toEqual({
      rollout: { prompt: 'Q', response: '🙂 Wait' },
      labels: [{ start: 3, end: 7, label: 'backtracking' }],
      metadata: { id: 7, category: 'x' },
    });
  });
  test.each([
    ['{', /not JSON/],
    ['[]', /not a JSON object/],
    ['{"response": "x"}', /"prompt"/],
    ['{"prompt": "x"}', /"response"/],
    ['{"prompt": "", "response": "ab", "labels": {}}', /"labels"/],
    [
      '{"prompt": "", "response": "ab", "labels": [{"start": 0, "end": 3, "label": "x"}]}',
      /label 1 .*0 to 3.*2 code points/,
    ],
    ['{"prompt": "", "response": "ab", "labels": [{"start": 1, "end": 1, "label": "x"}]}', /1 to 1/],
    [
      '{"prompt": "", "response": "ab", "labels": [{"start": 0, "end": 1, "label": "x y"}]}',
      /without spaces/,
    ],
    ['{"prompt": "", "response": "\\ud83d"}', /surrogate/],
  ])('is refused: %s', (line, message) => {
    expect(() => parseRecord(line)).toThrow(message);
  });
});
