import { differenceOfMeans, type LabelVector, labelCounts } from '../core/differenceOfMeans';
import { lensScore, lensTokens } from '../core/logitLens';
import type { CosineAtLayer, LensAtLayer } from '../core/results';
import { type HarvestSums, meanToken } from '../core/sums';
import { cosine } from '../core/vectorAlgebra';
import type { TextModel } from '../model/textModel';

/** The label whose windows make the paper's vector. */
export const BACKTRACKING = 'backtracking';

/** Where a vector is read: `offset` and `length` in tokens from a sentence's first. */
export interface Place {
  layer: number;
  offset: number;
  length: number;
}

/** Harvests of both models over the same tokens of the same rollouts. */
export interface PairSums {
  base: HarvestSums;
  reasoning: HarvestSums;
}

/** The vector of a label at a place, or null where that label has no window. */
export function vectorOf(sums: HarvestSums, label: string, place: Place): LabelVector | null {
  const has = (labelCounts(sums).get(label) ?? 0) > 0;
  return has ? differenceOfMeans(sums, { label, ...place }) : null;
}

/** The mean activation over all tokens at a layer, float32 [d]. */
export function meanActivationVector(sums: HarvestSums, layer: number): Float32Array {
  return Float32Array.from(meanToken(sums, layer));
}

/** Cosines by layer: between the two models' vectors, and between v and every other label's vector. */
export function cosinesByLayer(sums: PairSums, { offset, length }: Place): CosineAtLayer[] {
  return sums.base.layers.map(layer => {
    const place = { layer, offset, length };
    const base = differenceOfMeans(sums.base, { label: BACKTRACKING, ...place });
    const reasoning = differenceOfMeans(sums.reasoning, { label: BACKTRACKING, ...place });
    const otherLabels: Record<string, number> = {};
    for (const label of labelCounts(sums.base).keys()) {
      if (label === BACKTRACKING) continue;
      const other = vectorOf(sums.base, label, place);
      if (other) otherLabels[label] = cosine(base.vector, other.vector);
    }
    return {
      layer,
      baseReasoning: cosine(base.vector, reasoning.vector),
      otherLabels,
      splitHalfBase: base.splitHalfCosine,
      splitHalfReasoning: reasoning.splitHalfCosine,
    };
  });
}

/** Fig. 5: s(v) by layer for two vectors and two unembeddings. */
export async function lensByLayer(
  models: { base: TextModel; reasoning: TextModel },
  sums: PairSums,
  { offset, length }: Place,
): Promise<LensAtLayer[]> {
  const result: LensAtLayer[] = [];
  for (const unembedding of ['base', 'reasoning'] as const) {
    const model = models[unembedding];
    const ids = lensTokens(model.tokenizer.vocabulary());
    if (ids.length === 0) continue;
    const pool = await model.pool();
    for (const source of ['base', 'reasoning'] as const) {
      for (const layer of sums[source].layers) {
        const { vector } = differenceOfMeans(sums[source], { label: BACKTRACKING, layer, offset, length });
        const logits = await pool.call('lens', { vectors: vector, norm: false });
        const { score, percentile } = lensScore(logits, ids);
        result.push({ layer, vector: `${source}-derived`, unembedding, score, percentile });
      }
    }
  }
  return result;
}
