/** What tokens can be shaded by: projection on the active vector (Fig. 6), surprisal, KL(reasoning model ‖ base model). */
export type ShadeKind = 'projection' | 'surprisal' | 'divergence';

/** Steps of each sign. */
export const SHADE_STEPS = 4;

/** How values become shades: |value − centre| = `top` is the strongest one. */
export interface ShadeScale {
  kind: ShadeKind;
  /** Mean over the response for a projection, 0 for the others. */
  centre: number;
  /** Standard deviation over the response. */
  deviation: number;
  top: number;
}

/** Share of the values that reach at most the strongest shade: a few outliers must not bleach all others. */
const TOP_QUANTILE = 0.98;
/** Values that the quantile is taken of at most, evenly spread: sorting 128,000 at each redrawing would hold up the host for 30 ms. */
const QUANTILE_VALUES = 16_384;
/** Bits that the strongest shade stands for at least: in a text without surprises noise must not look like one. */
const LEAST_TOP: Record<ShadeKind, number> = { projection: 0, surprisal: 1, divergence: 0.25 };

/**
 * The scale of a response's values; NaN stands for those not known yet. A projection is centred by their mean (Fig. 6
 * centres by the mean over many rollouts; here one text is at hand) and diverges, bits begin at 0. Undefined if none is known.
 */
export function scaleOf(kind: ShadeKind, values: Float32Array): ShadeScale | undefined {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    // The mean and the squares about it as they grow (Welford), so that a large mean costs no digits.
    const delta = value - sum / Math.max(1, count);
    sum += value;
    count++;
    squares += delta * (value - sum / count);
  }
  if (count === 0) return undefined;
  const centre = kind === 'projection' ? sum / count : 0;
  const stride = Math.ceil(values.length / QUANTILE_VALUES);
  const sizes = values
    .filter((value, i) => i % stride === 0 && Number.isFinite(value))
    .map(value => Math.abs(value - centre))
    .sort();
  const quantile = sizes[Math.min(sizes.length - 1, Math.floor(TOP_QUANTILE * sizes.length))] ?? 0;
  return { kind, centre, deviation: Math.sqrt(squares / count), top: Math.max(quantile, LEAST_TOP[kind]) };
}

/** The shade of a value: −4 … 4, the nearest of equal steps; 0, also for NaN, is none. */
export function stepOf({ centre, top }: ShadeScale, value: number): number {
  const share = (value - centre) / top;
  if (!Number.isFinite(share)) return 0;
  const step = Math.round(share * SHADE_STEPS);
  // `+ 0` turns −0 into 0.
  return Math.max(-SHADE_STEPS, Math.min(SHADE_STEPS, step)) + 0;
}

/** The line below a shade, so that a step is told by more than its colour: dashed below the centre from the first step on, solid above it for the two strongest; twice as thick at the last. */
export function shadeLine(step: number): { style: 'solid' | 'dashed'; width: number } | undefined {
  const size = Math.abs(step);
  const width = size === SHADE_STEPS ? 2 : size === SHADE_STEPS - 1 || step < 0 ? 1 : 0;
  return width === 0 ? undefined : { style: step < 0 ? 'dashed' : 'solid', width };
}

/** What is shaded, in a few words. */
export const SHADE_NAMES: Record<ShadeKind, string> = {
  projection: 'projection',
  surprisal: 'surprisal',
  divergence: 'KL reasoning ‖ base',
};

/** What a shade means, in sentences. */
export const SHADE_EXPLANATIONS: Record<ShadeKind, string> = {
  projection:
    'Each token’s residual along the active vector, about the mean of this response: one colour above it, one below; four equal steps up to the 98 % quantile, all below the mean with a dashed line, the two strongest above it with a solid one.',
  surprisal:
    'How little the reasoning model expected each token, in bits: four equal steps up to the 98 % quantile, the two strongest underlined.',
  divergence:
    'KL(reasoning ‖ base) in bits, how far the reasoning model’s prediction of each token is from the base model’s: four equal steps up to the 98 % quantile, the two strongest underlined.',
};

/** "surprisal 0–7.2 bits", "projection ±2.1 about the mean". */
export function scaleText({ kind, top }: ShadeScale): string {
  const name = SHADE_NAMES[kind];
  return kind === 'projection'
    ? `${name} ±${decimals(top)} about the mean`
    : `${name} 0–${decimals(top)} bits`;
}

/** One token's value in full: "surprisal 7.31 bits", "projection +1.2 σ from the mean of this response (4.31; mean 3.20)". */
export function valueText({ kind, centre, deviation }: ShadeScale, value: number): string {
  if (kind !== 'projection') return `${SHADE_NAMES[kind]} ${decimals(value)} bits`;
  const sigmas = deviation > 0 ? (value - centre) / deviation : 0;
  const signed = `${sigmas < 0 ? '−' : '+'}${Math.abs(sigmas).toFixed(1)}`;
  return `projection ${signed} σ from the mean of this response (${decimals(value)}; mean ${decimals(centre)})`;
}

function decimals(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1).replace('-', '−');
}
