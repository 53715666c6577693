import { UserError } from './errors';
import type { Label } from './labels';

/** Sums of h over `count` sentences that share a label, a half of the data and their valid offsets. */
export interface SumGroup {
  label: Label;
  /** Which half of the rollouts, for split-half stability. */
  half: 0 | 1;
  /** Offsets from the first token, inclusive, that lie in the text for these sentences. */
  from: number;
  to: number;
  count: number;
  /** Per harvested layer: [(to - from + 1) · dModel] row-major, row o - from = Σ h[first + o]. */
  sums: Float64Array[];
}

/** Sums of h over every token, labelled or not. */
export interface TokenTotals {
  tokens: number;
  rollouts: number;
  /** Per harvested layer: [dModel]. */
  sum: Float64Array[];
}

/** What one pass over the rollouts leaves: any window, label and layer is a slice of it. */
export interface HarvestSums {
  /** Harvested layers L (`resid_post.L`), ascending. */
  layers: number[];
  dModel: number;
  /** First and last harvested offset, inclusive. */
  offsets: [number, number];
  groups: SumGroup[];
  totals: TokenTotals;
}

/** Which windows to average. */
export interface WindowChoice {
  /** null: every labelled sentence. */
  label: Label | null;
  layer: number;
  /** Window = tokens first+offset … first+offset+length-1. */
  offset: number;
  length: number;
  half?: 0 | 1;
}

/** Sums over nothing yet. */
export function emptySums(
  layers: readonly number[],
  dModel: number,
  offsets: readonly [number, number],
): HarvestSums {
  const sum = layers.map(() => new Float64Array(dModel));
  return {
    layers: [...layers],
    dModel,
    offsets: [offsets[0], offsets[1]],
    groups: [],
    totals: { tokens: 0, rollouts: 0, sum },
  };
}

/** Adds one group into `into`, merged with the group of the same label, half and range if there is one. */
export function addGroup(into: HarvestSums, group: SumGroup): void {
  const rows = group.to - group.from + 1;
  const fits =
    group.sums.length === into.layers.length && group.sums.every(s => s.length === rows * into.dModel);
  if (!fits || group.from < into.offsets[0] || group.to > into.offsets[1]) {
    throw new UserError(
      `a group of sums for "${group.label}" has another shape than the harvest: harvest again with one set of layers and offsets`,
    );
  }
  const same = into.groups.find(
    g => g.label === group.label && g.half === group.half && g.from === group.from && g.to === group.to,
  );
  if (!same) {
    into.groups.push({ ...group, sums: group.sums.map(s => s.slice()) });
    return;
  }
  same.count += group.count;
  same.sums.forEach((sum, i) => {
    addInto(sum, group.sums[i]);
  });
}

/** Adds a further harvest (of other rollouts, same layers, width and offsets) into `into`. */
export function addToSums(into: HarvestSums, more: HarvestSums): void {
  const shape = (h: HarvestSums) => `${h.layers} × ${h.dModel}, offsets ${h.offsets}`;
  if (shape(into) !== shape(more)) {
    throw new UserError(`two harvests do not fit together: layers ${shape(into)} and layers ${shape(more)}`);
  }
  for (const group of more.groups) addGroup(into, group);
  into.totals.tokens += more.totals.tokens;
  into.totals.rollouts += more.totals.rollouts;
  into.totals.sum.forEach((sum, i) => {
    addInto(sum, more.totals.sum[i]);
  });
}

/** Index of `layer` among the harvested ones; a UserError that lists them if it is none. */
export function layerIndex(sums: HarvestSums, layer: number): number {
  const index = sums.layers.indexOf(layer);
  if (index < 0)
    throw new UserError(`layer ${layer} was not harvested: choose one of ${sums.layers.join(', ')}`);
  return index;
}

/**
 * MeanAct(D) = 1/|D| Σ_i 1/|S_i| Σ_{s ∈ S_i} h_L[s] (arXiv 2507.12638), i over windows. A window cut by the text's ends is
 * averaged over what is left; one with nothing left is not counted. `mean` is [dModel], zeros if `windows` is 0.
 * Throws a UserError for a layer or offsets that were not harvested.
 */
export function meanActivation(
  sums: HarvestSums,
  choice: WindowChoice,
): { mean: Float64Array; windows: number } {
  const { label, offset, length, half } = choice;
  const index = layerIndex(sums, choice.layer);
  if (!(Number.isInteger(offset) && Number.isInteger(length) && length > 0)) {
    throw new UserError(
      `a window needs a whole offset and a length of at least 1, not ${offset} and ${length}`,
    );
  }
  const [lo, hi] = sums.offsets;
  const last = offset + length - 1;
  if (offset < lo || last > hi) {
    throw new UserError(`the window ${offset}…${last} was not harvested: choose offsets within ${lo}…${hi}`);
  }
  const d = sums.dModel;
  const mean = new Float64Array(d);
  let windows = 0;
  for (const group of sums.groups) {
    if ((label !== null && group.label !== label) || (half !== undefined && group.half !== half)) continue;
    const from = Math.max(offset, group.from);
    const to = Math.min(last, group.to);
    if (from > to || group.count === 0) continue;
    const share = 1 / (to - from + 1);
    const sum = group.sums[index];
    for (let row = from - group.from; row <= to - group.from; row++) {
      for (let j = 0; j < d; j++) mean[j] += share * sum[row * d + j];
    }
    windows += group.count;
  }
  if (windows > 0) for (let j = 0; j < d; j++) mean[j] /= windows;
  return { mean, windows };
}

/** Mean of h_L over every token of the harvest, [dModel]; zeros if there were none. */
export function meanToken(sums: HarvestSums, layer: number): Float64Array {
  const sum = sums.totals.sum[layerIndex(sums, layer)];
  return sum.map(value => value / Math.max(1, sums.totals.tokens));
}

function addInto(sum: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += more[i];
}
