import { UserError } from '../../core/errors';
import type { RopeConfig } from '../checkpoint/config';

/** Rotary tables: cos and sin float32 [positions, width], the attention factor multiplied in, zeros from headDim / 2 on. */
export interface RopeTables {
  cos: Float32Array;
  sin: Float32Array;
}

type Frequencies = { inverse: Float32Array; attentionFactor: number };

const f = Math.fround;

/** Ways to stretch the rotary embedding, by `rope_type`; each rounds to float32 where torch does. */
const SCALINGS: Record<string, (plain: Float32Array, rope: RopeConfig, headDim: number) => Frequencies> = {
  default: plain => ({ inverse: plain, attentionFactor: 1 }),
  linear: (plain, rope) => ({ inverse: plain.map(w => w / rope.parameters.factor), attentionFactor: 1 }),
  llama3: (plain, rope) => ({ inverse: llama3(plain, rope), attentionFactor: 1 }),
  yarn,
};

/** Inverse frequencies float32 [headDim / 2] and the attention factor; throws a UserError for an unknown type. */
export function ropeFrequencies(rope: RopeConfig, headDim: number): Frequencies {
  const scaling = SCALINGS[rope.type];
  if (!scaling) {
    throw new UserError(
      `RoPE scaling of type ${rope.type} is not known. Known ones: ${Object.keys(SCALINGS).join(', ')}.`,
    );
  }
  const plain = new Float32Array(headDim / 2);
  for (let i = 0; i < plain.length; i++) plain[i] = f(1 / f(rope.theta ** f((2 * i) / headDim)));
  const frequencies = scaling(plain, rope, headDim);
  if (!frequencies.inverse.every(Number.isFinite)) {
    throw new UserError(
      `RoPE scaling of type ${rope.type} lacks a number that it needs; config.json is incomplete.`,
    );
  }
  return frequencies;
}

/** Tables for the first `positions` positions, `width` ≥ headDim / 2 columns wide. */
export function ropeTables(
  rope: RopeConfig,
  headDim: number,
  positions: number,
  width = headDim / 2,
): RopeTables {
  const { inverse, attentionFactor } = ropeFrequencies(rope, headDim);
  const cos = new Float32Array(positions * width);
  const sin = new Float32Array(positions * width);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < inverse.length; i++) {
      const angle = f(p * inverse[i]);
      cos[p * width + i] = f(Math.cos(angle)) * attentionFactor;
      sin[p * width + i] = f(Math.sin(angle)) * attentionFactor;
    }
  }
  return { cos, sin };
}

/** Llama 3.1: long wavelengths are slowed by `factor`, a band between two bounds is blended. */
function llama3(plain: Float32Array, rope: RopeConfig): Float32Array {
  const {
    factor,
    low_freq_factor: low,
    high_freq_factor: high,
    original_max_position_embeddings: original,
  } = rope.parameters;
  return plain.map(w => {
    const wavelength = f((2 * Math.PI) / w);
    if (wavelength > original / low) return f(w / factor);
    if (wavelength < original / high) return w;
    const smooth = f(f(f(original / wavelength) - low) / (high - low));
    return f(f(f(f(1 - smooth) * w) / factor) + f(smooth * w));
  });
}

/** YaRN (arXiv 2309.00071): a linear ramp between interpolated and plain frequencies, and a temperature. */
function yarn(plain: Float32Array, rope: RopeConfig, headDim: number): Frequencies {
  const p = rope.parameters;
  const original = p.original_max_position_embeddings ?? p.max_position_embeddings;
  const factor = p.factor;
  const correction = (rotations: number) =>
    (headDim * Math.log(original / (rotations * 2 * Math.PI))) / (2 * Math.log(rope.theta));
  const low = Math.max(Math.floor(correction(p.beta_fast ?? 32)), 0);
  let high = Math.min(Math.ceil(correction(p.beta_slow ?? 1)), headDim - 1);
  if (low === high) high += 0.001;
  const inverse = plain.map((w, i) => {
    const ramp = Math.min(1, Math.max(0, f((i - low) / (high - low))));
    const plainShare = f(1 - ramp);
    return f(f(f(w / factor) * f(1 - plainShare)) + f(w * plainShare));
  });
  const temperature = (scale: number, m = 1) => (scale <= 1 ? 1 : 0.1 * m * Math.log(scale) + 1);
  const attentionFactor =
    p.attention_factor ??
    (p.mscale && p.mscale_all_dim
      ? temperature(factor, p.mscale) / temperature(factor, p.mscale_all_dim)
      : temperature(factor));
  return { inverse, attentionFactor: f(attentionFactor) };
}
