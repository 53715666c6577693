import { brokenAmong } from '../../src/core/readableCells';
import type { SteeredCell } from '../../src/core/results';
import { type CellSeries, cellSeries, cellTitle } from './cellSeries';
import { emptyChart } from './finishSvg';
import { lineChart } from './lineChart';
import type { LinePoint } from './lineMarks';
import { percent, short } from './numbers';
import { DASHES, PALETTE } from './palette';
import type { ChartElement, ChartOptions } from './surface';

/** The y axis of every chart of b. */
export const B_AXIS = 'b (% of words that are wait or hmm)';

/**
 * Fig. 3: b in percent against strength for {base, reasoning model} × {base-derived, reasoning-derived}. Bars are 95 %
 * bootstrap intervals of the mean: the paper's bars of one standard deviation show how traces differ, reach below zero and
 * hide whether the means do; the deviation stands in the table.
 */
export function twoByTwo(cells: readonly SteeredCell[], options: ChartOptions): ChartElement {
  const series = cellSeries(cells);
  if (series.length === 0)
    return emptyChart(options.document, 'No model was steered, so b against strength was not measured.');
  const broken = brokenAmong(cells);
  return lineChart(
    {
      name: 'b against strength, two models by two vectors',
      description: `${series.map(described).join('; ')}.`,
      series: series.map(one => ({
        label: `${one.model} model, ${one.intervention}`,
        colour: one.intervention === 'base-derived' ? PALETTE.ours : PALETTE.theirs,
        dash: one.model === 'base' ? DASHES.dashed : DASHES.solid,
        weight: one.model === 'reasoning' ? 2.25 : 1.5,
        dots: one.model === 'reasoning' ? 'filled' : 'hollow',
        points: one.cells.map(cell => bPoint(cell, { broken: broken(cell) })),
      })),
      xLabel: 'strength (multiples of the vector)',
      yLabel: B_AXIS,
      xTicks: cells.map(({ strength }) => strength),
      include: [0],
    },
    options,
  );
}

/** A cell as a point of b in percent at `x`, with its bootstrap interval. */
export function bPoint(
  cell: SteeredCell,
  { broken, x = cell.strength, bars = true }: { broken: boolean; x?: number; bars?: boolean },
): LinePoint {
  const interval = bars ? { low: 100 * cell.low, high: 100 * cell.high } : {};
  return { x, y: 100 * cell.b, ...interval, title: cellTitle(cell), broken };
}

function described({ model, intervention, cells }: CellSeries): string {
  const highest = cells.reduce((a, cell) => (cell.b > a.b ? cell : a));
  return `${model} model with the ${intervention} vector: b at most ${percent(highest.b)}, at strength ${short(highest.strength)}`;
}
