import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, it } from 'vitest';
import { seededRandom } from '../../src/core/seededRandom';
import { cosine, gaussianNoise } from '../../src/core/vectorAlgebra';

/** The draw number `at` of neighbouring seeds. */
const draws = (at: number) =>
  Array.from({ length: 4000 }, (_, seed) => {
    const random = seededRandom(seed);
    for (let i = 0; i < at; i++) uniformFloat64(random);
    return uniformFloat64(random);
  });

it.each([0, 1, 5, 30])('draw %i of neighbouring seeds is uniform and uncorrelated', at => {
  const values = draws(at);
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  for (let lag = 1; lag <= 128; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (values[i] - mean) * (values[i - lag] - mean);
    // Five standard deviations of a correlation of independent draws.
    expect(Math.abs(sum / (n - lag) / variance), `lag ${lag}`).toBeLessThan(5 / Math.sqrt(n));
  }
});

it('noise vectors of neighbouring seeds are independent', () => {
  const noise = Array.from({ length: 30 }, (_, seed) => gaussianNoise(128, 1, seed));
  const cosines = noise.flatMap((a, i) => noise.slice(i + 1).map(b => cosine(a, b)));
  const mean = cosines.reduce((a, b) => a + b, 0) / cosines.length;
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(128 * cosines.length));
  expect(Math.max(...cosines.map(Math.abs))).toBeLessThan(5 / Math.sqrt(128));
});
