import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { UserError } from './errors';
import { seededRandom } from './seededRandom';

/** Any vector of numbers; all functions sum in double precision. */
export type Vector = ArrayLike<number>;

/** Inner product; a UserError if the lengths differ. */
export function dot(a: Vector, b: Vector): number {
  sameLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Euclidean norm. */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** Cosine of the angle between a and b; NaN if one of them is zero. */
export function cosine(a: Vector, b: Vector): number {
  return dot(a, b) / (norm(a) * norm(b));
}

/** a + b. */
export function add(a: Vector, b: Vector): Float32Array {
  sameLength(a, b);
  return Float32Array.from({ length: a.length }, (_, i) => a[i] + b[i]);
}

/** a − b. */
export function subtract(a: Vector, b: Vector): Float32Array {
  sameLength(a, b);
  return Float32Array.from({ length: a.length }, (_, i) => a[i] - b[i]);
}

/** factor · a. */
export function scale(a: Vector, factor: number): Float32Array {
  return Float32Array.from({ length: a.length }, (_, i) => a[i] * factor);
}

/** a at another norm, same direction; a UserError for the zero vector, which has none. */
export function scaleTo(a: Vector, newNorm: number): Float32Array {
  const size = norm(a);
  if (!(size > 0)) throw new UserError('a zero vector cannot be scaled to a norm: it has no direction');
  return scale(a, newNorm / size);
}

/** The part of a that is orthogonal to `against`; a itself if `against` is zero. */
export function orthogonalise(a: Vector, against: Vector): Float32Array {
  const square = dot(against, against);
  const share = square > 0 ? dot(a, against) / square : 0;
  return Float32Array.from({ length: a.length }, (_, i) => a[i] - share * against[i]);
}

/** The noise baseline of Fig. 4: a Gaussian direction of `d` numbers at the given norm; the same for the same seed. */
export function gaussianNoise(d: number, newNorm: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const noise = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    // Box–Muller; 1 - u keeps the logarithm's argument above zero.
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    noise[i] = radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  }
  return scaleTo(noise, newNorm);
}

/**
 * Mean cosine over all pairs of individual differences (arXiv 2505.22637: it predicts whether steering works), by
 * (|Σ u|² − n) / (n (n − 1)) over the unit vectors. Zero vectors are left out; NaN with fewer than two.
 */
export function pairwiseCosine(differences: readonly Vector[]): number {
  const units = differences.filter(v => norm(v) > 0);
  const n = units.length;
  if (n < 2) return Number.NaN;
  const sum = new Float64Array(units[0].length);
  for (const v of units) {
    sameLength(v, sum);
    const size = norm(v);
    for (let i = 0; i < sum.length; i++) sum[i] += v[i] / size;
  }
  return (dot(sum, sum) - n) / (n * (n - 1));
}

function sameLength(a: Vector, b: Vector): void {
  if (a.length !== b.length) {
    throw new UserError(
      `vectors of ${a.length} and ${b.length} numbers do not fit: they come from different models`,
    );
  }
}
