import { measured, unsteeredCell } from '../../src/core/readableCells';
import type { SteeredCell } from '../../src/core/results';
import { percent, short } from './numbers';

/** The cells of one model under one intervention, by rising strength. */
export interface CellSeries {
  model: SteeredCell['model'];
  intervention: string;
  cells: SteeredCell[];
}

/**
 * One series for each model and intervention, in the order met. The unsteered cell of a model stands in every series of that
 * model that has no cell at strength 0 of its own: without a vector all interventions are the same.
 */
export function cellSeries(cells: readonly SteeredCell[]): CellSeries[] {
  const series = new Map<string, CellSeries>();
  const known = measured(cells);
  for (const cell of known) {
    if (cell.intervention === 'none') continue;
    const key = `${cell.model} ${cell.intervention}`;
    if (!series.has(key)) series.set(key, { model: cell.model, intervention: cell.intervention, cells: [] });
    series.get(key)?.cells.push(cell);
  }
  for (const { model, cells } of series.values()) {
    const unsteered = unsteeredCell(known, model);
    if (unsteered && !cells.some(cell => cell.strength === 0)) cells.push(unsteered);
    cells.sort((a, b) => a.strength - b.strength);
  }
  return [...series.values()];
}

/** One of the five noise controls. */
export function isNoise(intervention: string): boolean {
  return /^noise\b/i.test(intervention);
}

/** Self-amplification h ← h + c·h has a gain c where the others have a strength. */
export function isGain({ intervention }: SteeredCell): boolean {
  return intervention === 'self-amplification';
}

/** What hovering over a cell says. */
export function cellTitle(cell: SteeredCell): string {
  const what =
    cell.strength === 0
      ? 'unsteered'
      : `${cell.intervention}, ${isGain(cell) ? 'gain' : 'strength'} ${short(cell.strength)}`;
  const apart = cell.degenerate > 0 ? `; ${percent(cell.degenerate, 0)} of the texts fall apart` : '';
  return `${cell.model} model, ${what}, layer ${cell.layer}: b ${percent(cell.b)} (95 % interval ${percent(cell.low)} to ${percent(cell.high)}, sd ${percent(cell.sd)}, n ${cell.n})${apart}`;
}
