import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededRandom } from '../../core/seededRandom';
import type { Sampling } from '../contract';

/** Draws tokens for one row; its numbers depend on the seed alone, whatever else is in the batch. */
export class Sampler {
  private readonly random: () => number;
  private readonly greedy: boolean;
  private readonly unfiltered: boolean;

  constructor(
    private readonly sampling: Sampling,
    seed: number,
  ) {
    const generator = seededRandom(seed);
    this.random = () => uniformFloat64(generator);
    const { temperature, topK = 0, topP = 1, minP = 0 } = sampling;
    this.greedy = temperature === 0 || topK === 1;
    this.unfiltered = topK <= 0 && topP >= 1 && minP <= 0;
  }

  /** The next token from logits [start, start + size) of `logits`; NaN and infinities give -1. */
  next(logits: Float32Array, start: number, size: number): number {
    let best = start;
    for (let i = start; i < start + size; i++) {
      const logit = logits[i];
      if (logit > logits[best]) best = i;
      // A comparison alone would pass NaN by.
      else if (Number.isNaN(logit)) return -1;
    }
    const max = logits[best];
    if (!Number.isFinite(max)) return -1;
    if (this.greedy) return best - start;
    if (this.unfiltered) return this.drawPlain(logits, start, size, max);
    return this.drawFiltered(logits, start, size, max);
  }

  private drawPlain(logits: Float32Array, start: number, size: number, max: number): number {
    const inverse = 1 / this.sampling.temperature;
    if (weights.length < size) weights = new Float64Array(size);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += weights[i] = Math.exp((logits[start + i] - max) * inverse);
    if (Number.isNaN(sum)) return -1;
    let left = this.random() * sum;
    for (let i = 0; i < size; i++) if ((left -= weights[i]) < 0) return i;
    return size - 1;
  }

  /** Temperature first, then top-k, top-p and min-p, in the order of Hugging Face's processors. */
  private drawFiltered(logits: Float32Array, start: number, size: number, max: number): number {
    const { temperature, topK = 0, topP = 1, minP = 0 } = this.sampling;
    if (weights.length < size) weights = new Float64Array(size);
    let total = 0;
    for (let i = 0; i < size; i++) total += weights[i] = Math.exp((logits[start + i] - max) / temperature);
    if (Number.isNaN(total)) return -1;
    // The likeliest weighs 1. What cannot be kept is dropped before the rest is sorted: a vocabulary has 128,000 tokens.
    let least = minP;
    if (topK > 0) least = topK < size ? weights.slice(0, size).sort()[size - topK] : 0;
    else if (topP < 1) least = ((1 - topP) * total) / size;
    let kept: number[] = [];
    for (let i = 0; i < size; i++) if (weights[i] >= least) kept.push(i);
    kept.sort((a, b) => weights[b] - weights[a] || a - b);
    if (topK > 0) kept.length = Math.min(kept.length, topK);
    let mass = topK > 0 ? kept.reduce((sum, i) => sum + weights[i], 0) : total;
    if (topP < 1) {
      let sum = 0;
      const enough = kept.findIndex(i => (sum += weights[i]) >= topP * mass);
      if (enough >= 0) kept.length = enough + 1;
    }
    kept = kept.filter(i => weights[i] >= minP);
    mass = kept.reduce((sum, i) => sum + weights[i], 0);
    let left = this.random() * mass;
    for (const i of kept) if ((left -= weights[i]) < 0) return i;
    return kept[kept.length - 1];
  }
}

let weights = new Float64Array(0);
