import { degeneration, isDegenerate } from '../core/degeneration';
import { bootstrapInterval, keywordRate, mean, standardDeviation } from '../core/keywordRate';
import type { SteeredCell } from '../core/results';
import type { Intervention, Sampling } from '../model/contract';
import type { TextModel } from '../model/textModel';
import type { StudyPrompt } from './prompts';

/** What one cell of a figure does to the residual stream. */
export interface CellPlan {
  intervention: string;
  layer: number;
  offset: number | null;
  strength: number;
  /** Added as strength · vector; without it the strength is the gain of self-amplification. Unsteered at strength 0. */
  vector?: Float32Array;
}

/** What a cell was measured on. */
export interface Trace {
  promptId: string;
  seed: number;
  text: string;
}

/** A measured cell with its traces. */
export interface MeasuredCell {
  cell: SteeredCell;
  traces: Trace[];
}

/** How the traces of a figure are sampled; every cell gets the same prompts and seeds. */
export interface CellRun {
  prompts: StudyPrompt[];
  seed: number;
  sampling: Sampling;
  maxTokens: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Samples all cells of a figure as rows of shared batches and measures each. */
export async function measureCells(
  model: TextModel,
  which: SteeredCell['model'],
  plans: CellPlan[],
  run: CellRun,
): Promise<MeasuredCell[]> {
  const vectors: Float32Array[] = [];
  const index = new Map<Float32Array, number>();
  const interventionOf = ({ layer, strength, vector }: CellPlan): Intervention[] => {
    if (strength === 0) return [];
    if (!vector) return [{ layer, gain: strength }];
    if (!index.has(vector)) index.set(vector, vectors.push(vector) - 1);
    return [{ layer, vector: index.get(vector), strength }];
  };
  const ids = run.prompts.map(({ prompt }) => model.promptIds(prompt));
  // Cells of strength 0 are one and the same: same prompts, same seeds, nothing added.
  const firstUnsteered = plans.findIndex(plan => plan.strength === 0);
  const sampled = plans.filter((plan, p) => plan.strength !== 0 || p === firstUnsteered);
  const rows = sampled.flatMap(plan =>
    ids.map((prompt, i) => ({ ids: prompt, seed: run.seed + i, interventions: interventionOf(plan) })),
  );
  let done = 0;
  const pool = await model.pool();
  const results = await pool.generate(
    { rows, vectors, sampling: run.sampling, maxTokens: run.maxTokens, stop: model.stop },
    {
      signal: run.signal,
      onEvent: event => {
        if (event.kind === 'finished') run.onProgress?.(++done, rows.length);
      },
    },
  );
  return plans.map(plan => {
    const at = sampled.indexOf(plan.strength === 0 ? plans[firstUnsteered] : plan) * ids.length;
    const traces = run.prompts.map(({ id }, i) => {
      const { tokenIds } = results[at + i];
      return { promptId: id, seed: run.seed + i, text: model.continuationText(tokenIds) };
    });
    return { cell: summarise(which, plan, traces), traces };
  });
}

/** The same cell on its first `count` prompts: to stand beside cells that were measured on those only. */
export function onFirstPrompts({ cell, traces }: MeasuredCell, count: number): MeasuredCell {
  const some = traces.slice(0, count);
  return { cell: summarise(cell.model, cell, some), traces: some };
}

function summarise(model: SteeredCell['model'], plan: CellPlan | SteeredCell, traces: Trace[]): SteeredCell {
  const rates = traces.map(({ text }) => keywordRate(text));
  const { low, high } = bootstrapInterval(rates);
  const { intervention, layer, offset, strength } = plan;
  return {
    model,
    intervention,
    layer,
    offset,
    strength,
    n: traces.length,
    b: mean(rates),
    sd: standardDeviation(rates),
    low,
    high,
    degenerate: mean(traces.map(({ text }) => (isDegenerate(text) ? 1 : 0))),
    repeatedFourGrams: mean(traces.map(({ text }) => degeneration(text).repeatedFourGrams)),
  };
}
