import { differenceOfMeans, type LabelVector, labelCounts } from '../core/differenceOfMeans';
import type { HarvestSums } from '../core/sums';
import type { VectorMetadata } from '../core/vectorMetadata';
import { writeVector } from '../files/vectorFile';
import type { TextModel } from '../model/textModel';
import { harvestRollouts, type TokenizedRollout, tokenizeRollouts } from './harvestRollouts';
import { TOOL_VERSION } from './version';

/** Which vector: h_L read in windows first+offset … first+offset+length−1 of sentences with the label. */
export interface VectorRequest {
  label: string;
  layer: number;
  offset: number;
  length: number;
  /** What is subtracted: the mean of every labelled window (the paper), or of every token (Venhoff et al.). */
  minus?: 'labelled' | 'overall';
  /** Venhoff et al. scale a vector to the norm of the mean activation. */
  scale?: 'raw' | 'mean-norm';
}

/** Computes one vector from a folder and writes it; only the blocks up to its layer are run. */
export async function makeVector(
  model: TextModel,
  folder: string,
  request: VectorRequest,
  out: string,
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<{ result: LabelVector; rollouts: TokenizedRollout[] }> {
  const rollouts = await tokenizeRollouts(model, folder);
  const sums = await harvestRollouts(model, rollouts, {
    layers: [request.layer],
    offsets: [request.offset, request.offset + request.length - 1],
    ...options,
  });
  const result = differenceOfMeans(sums, request);
  await writeVector(out, result.vector, vectorMetadata(model, rollouts, sums, request, result));
  return { result, rollouts };
}

/** What the vector's file says of it. */
export function vectorMetadata(
  model: TextModel,
  rollouts: TokenizedRollout[],
  sums: HarvestSums,
  { label, layer, offset, length, minus = 'labelled', scale = 'raw' }: VectorRequest,
  result: LabelVector,
): VectorMetadata {
  const { name, hash, familyHash, dModel } = model.identity;
  return {
    model: name,
    modelHash: hash,
    familyHash,
    tokenizerHash: model.tokenizer.hash,
    layer,
    dModel,
    operation: [
      'difference-of-means',
      minus === 'overall' ? 'minus overall mean' : '',
      scale === 'mean-norm' ? 'scaled to mean norm' : '',
    ]
      .filter(Boolean)
      .join(', '),
    label,
    windowOffset: offset,
    windowLength: length,
    labelCounts: Object.fromEntries(labelCounts(sums)),
    positives: result.positives,
    windows: result.windows,
    rolloutHashes: rollouts.map(rollout => rollout.stored.hash),
    norm: result.norm,
    meanNorm: result.meanNorm,
    splitHalfCosine: result.splitHalfCosine,
    toolVersion: TOOL_VERSION,
  };
}
