import type { SteeredCell } from '../../src/core/results';
import { percent, short } from './numbers';

/** A cell counts as fallen apart when at least this share of its traces repeats itself: one trace in five is seen at once. */
export const DEGENERATE_SHARE = 0.2;

/** The cells of one model under one intervention, by rising strength. */
export interface CellSeries {
  model: SteeredCell['model'];
  intervention: string;
  cells: SteeredCell[];
}

/** Cells with a measured b; others (no trace) are left out of every chart. */
export function measured(cells: readonly SteeredCell[]): SteeredCell[] {
  return cells.filter(cell => Number.isFinite(cell.b) && Number.isFinite(cell.strength));
}

/** Whether a cell's text falls apart, so that its b is no success. */
export function fallsApart(cell: SteeredCell): boolean {
  return cell.degenerate >= DEGENERATE_SHARE;
}

/**
 * One series for each model and intervention, in the order met. Unsteered cells (`none`) begin every series of their model
 * that has no cell at strength 0 of its own.
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
    const unsteered = known.find(cell => cell.model === model && cell.intervention === 'none');
    if (unsteered && !cells.some(cell => cell.strength === 0)) cells.push(unsteered);
    cells.sort((a, b) => a.strength - b.strength);
  }
  return [...series.values()];
}

/** The unsteered cell of a model: `none`, or any intervention at strength 0. */
export function unsteeredCell(cells: readonly SteeredCell[], model: SteeredCell['model'] = 'reasoning'): SteeredCell | undefined {
  const known = measured(cells).filter(cell => cell.model === model);
  return known.find(cell => cell.intervention === 'none') ?? known.find(cell => cell.strength === 0);
}

/** One of the five noise controls. */
export function isNoise(intervention: string): boolean {
  return /^noise\b/i.test(intervention);
}

/** What hovering over a cell says. */
export function cellTitle(cell: SteeredCell): string {
  const what = cell.intervention === 'none' ? 'unsteered' : `${cell.intervention}, strength ${short(cell.strength)}`;
  const apart = cell.degenerate > 0 ? `; ${percent(cell.degenerate, 0)} of the texts fall apart` : '';
  return `${cell.model} model, ${what}, layer ${cell.layer}: b ${percent(cell.b)} (95 % interval ${percent(cell.low)} to ${percent(cell.high)}, sd ${percent(cell.sd)}, n ${cell.n})${apart}`;
}
