import type { LensGrid, LensStatus } from '../../src/editor/lens/lensContract';

/** The likeliest token of a cell and its probability; undefined for a layer that the model lacks. */
export function guess(
  grid: LensGrid,
  layer: number,
  column: number,
  rank = 0,
): { id: number; text: string; probability: number } | undefined {
  const { ids, probabilities, topK } = grid.columns[column];
  const at = layer * topK + rank;
  if (layer >= grid.layers || rank >= topK) return undefined;
  return { id: ids[at], text: grid.texts[ids[at]], probability: probabilities[at] };
}

/** "43 %", and "<1 %" rather than a zero that is none. */
export function percent(probability: number): string {
  return probability > 0 && probability < 0.005 ? '<1 %' : `${(100 * probability).toFixed(0)} %`;
}

/** One of ten steps of shading. */
export function shade(probability: number): number {
  return Math.min(9, Math.max(0, Math.floor(10 * probability)));
}

/** A cell in words: "layer 3, position 120: Wait 43 %, as in the text". */
export function cellLabel(
  grids: readonly LensGrid[],
  layer: number,
  column: number,
  nextId: number | undefined,
): string {
  const parts = grids.flatMap(grid => {
    const found = guess(grid, layer, column);
    if (!found) return [];
    const model = grids.length > 1 ? `${grid.which} ` : '';
    const right = grid.which === 'reasoning' && found.id === nextId ? ', as in the text' : '';
    return `${model}${found.text} ${percent(found.probability)}${right}`;
  });
  return `layer ${layer}, position ${grids[0].columns[column].position}: ${parts.join('; ')}`;
}

/** "3.2 bits", or a dash for the first token, which nothing predicts. */
export function bits(surprisal: number | null): string {
  return surprisal === null ? '–' : `${surprisal.toFixed(1)} bits`;
}

/** A number of a few digits, of none after the point where it has many before, with a proper minus. */
export function short(value: number): string {
  const rounded = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return rounded.replace('-', '−');
}

/** What the view is doing, in a line. */
export function statusText(status: LensStatus): string {
  if (status.kind === 'opening') return 'Opening the model …';
  if (status.kind === 'failed') return status.problem;
  if (status.kind !== 'reading') return '';
  return status.total > 0 ? `Reading: ${status.done} of ${status.total} tokens …` : 'Reading …';
}
