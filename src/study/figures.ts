import { gaussianNoise, norm, scaleTo } from '../core/vectorAlgebra';
import { BACKTRACKING, meanActivationVector, type PairSums, type Place, vectorOf } from './pairVectors';
import type { CellPlan } from './steeredCells';

const NOISE_SEEDS = [1, 2, 3, 4, 5];

/** Strengths for a vector: multiples that add up to the mean activation's own norm, where text usually breaks. */
export function defaultStrengths(vectorNorm: number, meanNorm: number): number[] {
  const whole = meanNorm / vectorNorm;
  return [0, 0.25, 0.5, 0.75, 1].map(share => Number((share * whole).toPrecision(2)));
}

/** Fig. 3 for one model: unsteered, and each strength of both vectors. */
export function twoByTwoPlans(sums: PairSums, place: Place, strengths: number[]): CellPlan[] {
  return (['base', 'reasoning'] as const).flatMap(source =>
    strengths.map(strength => ({
      intervention: `${source}-derived`,
      layer: place.layer,
      offset: place.offset,
      strength,
      vector: vectorOf(sums[source], BACKTRACKING, place)?.vector,
    })),
  );
}

/**
 * Fig. 4: controls that add as much to the residual stream as v does: −v, five noise vectors, the mean activation, the
 * vectors of other labels, and self-amplification whose gain moves the mean activation as far.
 */
export function baselinePlans(
  sums: PairSums,
  place: Place,
  strengths: number[],
  labels: string[],
): CellPlan[] {
  const ours = vectorOf(sums.base, BACKTRACKING, place)!;
  const at = { layer: place.layer, offset: null };
  const steered = strengths.filter(strength => strength !== 0);
  const control = (intervention: string, vector: Float32Array): CellPlan[] =>
    steered.map(strength => ({ ...at, intervention, strength, vector: scaleTo(vector, ours.norm) }));
  const mean = meanActivationVector(sums.base, place.layer);
  const others = labels.flatMap(label => {
    const other = vectorOf(sums.base, label, place);
    return other ? control(label, other.vector) : [];
  });
  return [
    ...steered.map(strength => ({
      ...at,
      offset: place.offset,
      intervention: '−v',
      strength,
      vector: ours.vector.map(x => -x),
    })),
    ...NOISE_SEEDS.flatMap(seed =>
      control(`noise ${seed}`, gaussianNoise(ours.vector.length, ours.norm, seed)),
    ),
    ...control('mean activation', mean),
    ...others,
    ...steered.map(strength => ({
      ...at,
      intervention: 'self-amplification',
      strength: (strength * ours.norm) / norm(mean),
    })),
  ];
}

/** Fig. 2: windows that begin at each offset, at each strength; one unsteered cell. */
export function windowPlans(
  sums: PairSums,
  place: Place,
  offsets: number[],
  strengths: number[],
): CellPlan[] {
  const unsteered = { intervention: 'none', layer: place.layer, offset: null, strength: 0 };
  const cells = offsets.flatMap(offset => {
    const vector = vectorOf(sums.base, BACKTRACKING, { ...place, offset })?.vector;
    return strengths.map(strength => ({
      intervention: 'base-derived',
      layer: place.layer,
      offset,
      strength,
      vector,
    }));
  });
  return [unsteered, ...cells];
}

/** App. B: each layer's own vector added at that layer, all at one strength. */
export function layerPlans(sums: PairSums, place: Place, strength: number): CellPlan[] {
  const unsteered = { intervention: 'none', layer: place.layer, offset: null, strength: 0 };
  const cells = sums.base.layers.map(layer => {
    const vector = vectorOf(sums.base, BACKTRACKING, { ...place, layer })?.vector;
    return { intervention: 'base-derived', layer, offset: place.offset, strength, vector };
  });
  return [unsteered, ...cells];
}
