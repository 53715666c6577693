import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
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
    const generator = xoroshiro128plus(seed | 0);
    // Neighbouring seeds start alike; a few draws part them.
    for (let i = 0; i < 8; i++) generator.next();
    this.random = () => uniformFloat64(generator);
    const { temperature, topK = 0, topP = 1, minP = 0 } = sampling;
    this.greedy = temperature === 0 || topK === 1;
    this.unfiltered = topK <= 0 && topP >= 1 && minP <= 0;
  }

  /** The next token from logits [start, start + size) of `logits`; NaN and infinities give -1. */
  next(logits: Float32Array, start: number, size: number): number {
    let best = start;
    for (let i = start + 1; i < start + size; i++) if (logits[i] > logits[best]) best = i;
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
    let kept: { id: number; weight: number }[] = [];
    for (let id = 0; id < size; id++) {
      const weight = Math.exp((logits[start + id] - max) / temperature);
      if (Number.isNaN(weight)) return -1;
      kept.push({ id, weight });
    }
    kept.sort((a, b) => b.weight - a.weight || a.id - b.id);
    if (topK > 0) kept = kept.slice(0, topK);
    if (topP < 1) {
      const total = kept.reduce((sum, k) => sum + k.weight, 0);
      let sum = 0;
      const enough = kept.findIndex(k => (sum += k.weight) >= topP * total);
      if (enough >= 0) kept = kept.slice(0, enough + 1);
    }
    if (minP > 0) kept = kept.filter(k => k.weight >= minP * kept[0].weight);
    let left = this.random() * kept.reduce((sum, k) => sum + k.weight, 0);
    for (const k of kept) if ((left -= k.weight) < 0) return k.id;
    return kept[kept.length - 1].id;
  }
}

let weights = new Float64Array(0);
