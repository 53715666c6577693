import { brokenAmong, measured, unsteeredCell } from '../../src/core/readableCells';
import type { SteeredCell } from '../../src/core/results';
import { emptyChart } from './finishSvg';
import { lineChart } from './lineChart';
import { percent } from './numbers';
import { PALETTE } from './palette';
import type { ChartElement, ChartOptions } from './surface';
import { B_AXIS, bPoint } from './twoByTwo';

/** App. B: b of the reasoning model in percent by the layer where v is computed and added; the unsteered b is a rule. */
export function layersChart(cells: readonly SteeredCell[], options: ChartOptions): ChartElement {
  const steered = measured(cells)
    .filter(({ intervention, strength }) => intervention !== 'none' && strength !== 0)
    .sort((a, b) => a.layer - b.layer);
  if (steered.length === 0) return emptyChart(options.document, 'No layer was swept.');
  const unsteered = unsteeredCell(cells);
  const broken = brokenAmong(cells);
  const best = steered.reduce((a, cell) => (cell.b > a.b ? cell : a));
  return lineChart(
    {
      name: 'b by layer',
      description: `b is highest at layer ${best.layer}, among ${steered.length} layers (${percent(best.b)})${unsteered ? `; unsteered ${percent(unsteered.b)}` : ''}.`,
      series: [
        {
          colour: PALETTE.ours,
          weight: 2.25,
          dots: 'filled',
          points: steered.map(cell => bPoint(cell, { broken: broken(cell), x: cell.layer })),
        },
      ],
      xLabel: 'layer (after whose block v is computed and added)',
      yLabel: B_AXIS,
      xTicks: steered.map(({ layer }) => layer),
      include: [0],
      rule: unsteered && { y: 100 * unsteered.b, label: `unsteered ${percent(unsteered.b)}` },
    },
    options,
  );
}
