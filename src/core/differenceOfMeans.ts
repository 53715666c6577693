import { UserError } from './errors';
import type { Label } from './labels';
import { type HarvestSums, meanActivation, meanToken } from './sums';
import { cosine, norm, scaleTo, subtract } from './vectorAlgebra';

/** Which vector to compute, and by whose convention. */
export interface VectorChoice {
  label: Label;
  layer: number;
  offset: number;
  length: number;
  /** What the label's mean is compared with: the same windows of every label (Ward) or the mean over all tokens (Venhoff). */
  minus?: 'labelled' | 'overall';
  /** Scaled to the norm of the mean token activation (Venhoff), or left as it is (Ward). */
  scale?: 'raw' | 'mean-norm';
}

/** A steering vector [dModel] with what it was computed from. */
export interface LabelVector {
  vector: Float32Array;
  /** Windows of the label, |D+|. */
  positives: number;
  /** Windows of every label, |D|, D+ included. */
  windows: number;
  norm: number;
  /** Norm of the mean activation over all tokens of the layer: the scale to read strengths by. */
  meanNorm: number;
  /** Cosine of the vectors of the two halves of the rollouts (arXiv 2604.02113); null if one half has no window. */
  splitHalfCosine: number | null;
}

/** Venhoff et al. (arXiv 2506.18167): from one token before a sentence to ten after, minus the overall mean, at its norm. */
export const VENHOFF = { offset: -1, length: 12, minus: 'overall', scale: 'mean-norm' } as const;

/**
 * v = MeanAct(D+) − MeanAct(D) (arXiv 2507.12638, difference of means). Throws a UserError if no window of the label is in
 * the text, if all labelled windows are the label's own, or if v is not finite or zero.
 */
export function differenceOfMeans(sums: HarvestSums, choice: VectorChoice): LabelVector {
  const { label, layer, offset, length, minus = 'labelled', scale = 'raw' } = choice;
  const difference = (half?: 0 | 1) => {
    const positive = meanActivation(sums, { label, layer, offset, length, half });
    const all = meanActivation(sums, { label: null, layer, offset, length, half });
    const rest = minus === 'labelled' ? all.mean : meanToken(sums, layer);
    return { positives: positive.windows, windows: all.windows, vector: subtract(positive.mean, rest) };
  };
  const whole = difference();
  if (whole.positives === 0) {
    const counts = labelCounts(sums);
    const had = [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
    throw new UserError(
      `no window of "${label}" contributed, so there is no vector: sentences harvested are ${had}`,
    );
  }
  if (minus === 'labelled' && whole.positives === whole.windows) {
    throw new UserError(
      `every labelled window is "${label}", so its mean has nothing to differ from: label other sentences too`,
    );
  }
  const meanNorm = norm(meanToken(sums, layer));
  const size = norm(whole.vector);
  if (!Number.isFinite(size) || size === 0) {
    throw new UserError(
      `the vector of "${label}" at layer ${layer} is ${size === 0 ? 'zero' : 'not finite'}`,
    );
  }
  const vector = scale === 'raw' ? whole.vector : scaleTo(whole.vector, meanNorm);
  const halves = [difference(0), difference(1)];
  const split = halves.every(h => h.positives > 0 && norm(h.vector) > 0);
  return {
    vector,
    positives: whole.positives,
    windows: whole.windows,
    norm: norm(vector),
    meanNorm,
    splitHalfCosine: split ? cosine(halves[0].vector, halves[1].vector) : null,
  };
}

/** Sentences harvested per label, by first appearance. */
export function labelCounts(sums: HarvestSums): Map<Label, number> {
  const counts = new Map<Label, number>();
  for (const { label, count } of sums.groups) counts.set(label, (counts.get(label) ?? 0) + count);
  return counts;
}
