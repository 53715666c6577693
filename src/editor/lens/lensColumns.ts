import type { LensGridResult } from '../../model/contract';
import type { LensColumn } from './lensContract';

/** A stretch that begins at position `from`, as the columns that are kept one by one. */
export function lensColumns(grid: LensGridResult, from: number): LensColumn[] {
  const { layers, topK, surprisal, projections } = grid;
  const width = surprisal.length;
  return Array.from(surprisal, (bits, t) => {
    const ids = new Int32Array(layers * topK);
    const probabilities = new Float32Array(layers * topK);
    for (let layer = 0; layer < layers; layer++) {
      const at = (layer * width + t) * topK;
      ids.set(grid.ids.subarray(at, at + topK), layer * topK);
      probabilities.set(grid.probabilities.subarray(at, at + topK), layer * topK);
    }
    return {
      position: from + t,
      topK,
      ids,
      probabilities,
      surprisal: Number.isNaN(bits) ? null : bits,
      projections:
        projections && Float32Array.from({ length: layers }, (_, layer) => projections[layer * width + t]),
    };
  });
}
