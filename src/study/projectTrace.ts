import type { ProjectedTrace } from '../core/results';
import type { HarvestSums } from '../core/sums';
import { dot, norm } from '../core/vectorAlgebra';
import type { TextModel } from '../model/textModel';
import type { TokenizedRollout } from './harvestRollouts';
import { BACKTRACKING, meanActivationVector } from './pairVectors';

/** Fig. 6: (h_t − mean)·v / |v| for each token of a rollout, at one layer of the model that `sums` were harvested from. */
export async function projectTrace(
  model: TextModel,
  rollout: TokenizedRollout,
  v: Float32Array,
  layer: number,
  sums: HarvestSums,
): Promise<ProjectedTrace> {
  const length = norm(v);
  const direction = v.map(x => x / length);
  const pool = await model.pool();
  const [projections] = await pool.call('project', {
    ids: rollout.ids,
    layers: [layer],
    directions: [direction],
  });
  const centre = dot(meanActivationVector(sums, layer), direction);
  const backtracking = rollout.sentences.filter(({ label }) => label === BACKTRACKING);
  const starts = new Set(backtracking.map(({ first }) => first));
  return {
    name: rollout.stored.name,
    tokens: rollout.ids.map((_, t) => ({
      text: rollout.text.slice(rollout.starts[t], rollout.ends[t]),
      projection: projections[t] - centre,
      backtracking: starts.has(t),
    })),
  };
}
