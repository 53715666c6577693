import { expect, it } from 'vitest';
import { logSumExp } from '../../src/core/softmax';
import { likeliest } from '../../src/model/process/likeliest';

let seed = 5;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

it.each([1, 2, 5, 40])('the %i likeliest are those of a stable sort, also among equals', count => {
  for (let round = 0; round < 50; round++) {
    const logits = Float32Array.from({ length: 40 }, () =>
      round % 2 ? random() : Math.floor(random() * 4) - 2,
    );
    const ids = new Int32Array(count + 2).fill(-1);
    likeliest(logits, count, ids, 1);
    const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
    expect([...ids]).toEqual([-1, ...sorted.slice(0, count), -1]);
  }
});

it.each([
  [[0, 0], Math.LN2],
  [[1000, 1000], 1000 + Math.LN2],
  [[-1000], -1000],
])('log Σ exp of %j', (values, expected) =>
  expect(logSumExp(Float32Array.from(values))).toBeCloseTo(expected, 6),
);
