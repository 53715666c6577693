import { describe, expect, it } from 'vitest';
import { klBits, logSumExp, surprisalBits } from '../../src/core/softmax';

describe('softmax', () => {
  it.each([
    ['equal', [0, 0, 0, 0], Math.log(4)],
    ['one', [-3], -3],
    ['too large for exp', [1000, 1000], 1000 + Math.log(2)],
    ['too small for exp', [-1000, -1001], -1000 + Math.log(1 + Math.exp(-1))],
    ['impossible entries', [Number.NEGATIVE_INFINITY, 2], 2],
    ['a NaN', [1, Number.NaN, 2], Number.NaN],
    ['an infinity', [1, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
  ])('ln Σ exp of %s', (_, logits, expected) => {
    const got = logSumExp(logits);
    if (Number.isFinite(expected)) expect(got).toBeCloseTo(expected, 12);
    else expect(got).toBe(expected);
  });

  it('surprisal is in bits', () => {
    expect(surprisalBits([0, 0, 0, 0], 2)).toBeCloseTo(2, 12);
    expect(surprisalBits([Math.log(7), 0], 1)).toBeCloseTo(3, 12);
  });

  it.each([
    ['equal distributions, shifted logits', [1, 2, 3], [11, 12, 13], undefined, 0],
    ['certain against even', [1000, 0], [0, 0], undefined, 1],
    ['of ½, ½ from ¼, ¾', [0, 0], [0, Math.log(3)], undefined, 0.5 * Math.log2(2) + 0.5 * Math.log2(2 / 3)],
    ['renormalised to the common entries', [5, 0, 0], [-9, 0, 0], [1, 2], 0],
    ['entries in any order', [9, 0, 0], [9, Math.log(3), 0], [2, 1], 0.5 * Math.log2(4 / 3)],
  ])('KL %s', (_, p, q, ids, expected) => {
    expect(klBits(p, q, ids)).toBeCloseTo(expected, 10);
  });

  it('KL is not symmetric, never negative, and NaN where a logit is', () => {
    expect(klBits([0, 2], [0, 0])).not.toBeCloseTo(klBits([0, 0], [0, 2]), 3);
    for (let i = 0; i < 200; i++) {
      const row = Array.from({ length: 9 }, (_, j) => Math.sin(i * 9 + j) * 5);
      expect(
        klBits(
          row,
          row.map(x => x + i * 1e-7),
        ),
      ).toBeGreaterThanOrEqual(0);
    }
    expect(klBits([0, Number.NaN], [0, 0])).toBeNaN();
  });
});
