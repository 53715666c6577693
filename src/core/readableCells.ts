import type { SteeredCell } from './results';

/** A cell counts as fallen apart when its share of degenerate traces exceeds that of the unsteered cell by more than this. */
export const READABLE_MARGIN = 0.1;

/** Cells with a measured b; others (no trace) are left out of every figure. */
export function measured(cells: readonly SteeredCell[]): SteeredCell[] {
  return cells.filter(cell => Number.isFinite(cell.b) && Number.isFinite(cell.strength));
}

/** The unsteered cell of a model: `none`, or any intervention at strength 0. */
export function unsteeredCell(
  cells: readonly SteeredCell[],
  model: SteeredCell['model'] = 'reasoning',
): SteeredCell | undefined {
  const known = measured(cells).filter(cell => cell.model === model);
  return known.find(cell => cell.intervention === 'none') ?? known.find(cell => cell.strength === 0);
}

/** Tells whether a cell's texts fall apart, so that its b is no success; the unsteered cells among `cells` set the limit. */
export function brokenAmong(cells: readonly SteeredCell[]): (cell: SteeredCell) => boolean {
  const limit = (model: SteeredCell['model']) =>
    (unsteeredCell(cells, model)?.degenerate ?? 0) + READABLE_MARGIN;
  const limits = { base: limit('base'), reasoning: limit('reasoning') };
  return cell => cell.degenerate > limits[cell.model];
}

/** The cell with the highest b among `candidates` whose text is still readable beside the unsteered cell of `figure`. */
export function bestReadable(
  candidates: readonly SteeredCell[],
  figure: readonly SteeredCell[],
): SteeredCell | undefined {
  const broken = brokenAmong(figure);
  return measured(candidates)
    .filter(cell => !broken(cell))
    .reduce<SteeredCell | undefined>((best, cell) => (best && best.b >= cell.b ? best : cell), undefined);
}
