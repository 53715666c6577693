import { brokenAmong } from '../../src/core/readableCells';
import type { SteeredCell } from '../../src/core/results';
import { type CellSeries, cellSeries, isGain, isNoise } from './cellSeries';
import { emptyChart } from './finishSvg';
import { lineChart } from './lineChart';
import type { LineSeries } from './lineMarks';
import { percent } from './numbers';
import { DASHES, PALETTE } from './palette';
import type { ChartElement, ChartOptions } from './surface';
import { B_AXIS, bPoint } from './twoByTwo';

/** How a baseline is placed: the gain c of self-amplification stands at the strength that moves the mean activation as far. */
export interface BaselinesOptions extends ChartOptions {
  /** |mean activation| / |v|: strength of v that equals a gain of 1. Without it the gain itself is taken as x. */
  strengthOfUnitGain?: number;
}

/**
 * Fig. 4: b of the reasoning model in percent under the base-derived vector and under controls of the same norm. Noise seeds
 * are thin lines with one label.
 */
export function baselines(cells: readonly SteeredCell[], options: BaselinesOptions): ChartElement {
  const all = cellSeries(cells);
  if (all.length === 0) return emptyChart(options.document, 'No control was run.');
  const x = (cell: SteeredCell) =>
    isGain(cell) ? cell.strength * (options.strengthOfUnitGain ?? 1) : cell.strength;
  const broken = brokenAmong(cells);
  const noise = all.filter(({ intervention }) => isNoise(intervention));
  const others = all.filter(({ intervention }) => !isNoise(intervention));
  const end = ({ cells: c }: CellSeries) => c[c.length - 1].b;
  const loudest = noise.length > 0 ? noise.reduce((a, one) => (end(one) > end(a) ? one : a)) : undefined;
  const highest = [...all].map(one => [one.intervention, Math.max(...one.cells.map(({ b }) => b))] as const);
  const line = (one: CellSeries, style: Partial<LineSeries>): LineSeries => ({
    label: one.intervention,
    colour: PALETTE.quiet,
    weight: 1.25,
    dots: 'hollow',
    points: one.cells.map(cell => bPoint(cell, { broken: broken(cell), x: x(cell), bars: false })),
    ...style,
  });
  return lineChart(
    {
      name: 'b against strength, the base-derived vector and controls of equal norm',
      description: `Highest b: ${highest.map(([name, b]) => `${name} ${percent(b)}`).join(', ')}.`,
      series: [
        ...noise.map(one =>
          line(one, {
            label: one === loudest ? noiseLabel(noise.length) : undefined,
            weight: 0.9,
            dots: 'none',
            dash: DASHES.dotted,
          }),
        ),
        ...others
          .filter(({ intervention }) => !isOurs(intervention))
          .map(one => line(one, CONTROL_STYLES[one.intervention] ?? {})),
        ...others
          .filter(({ intervention }) => isOurs(intervention))
          .map(one =>
            line(one, {
              ...CONTROL_STYLES[one.intervention],
              weight: 2.25,
              dots: 'filled',
              points: one.cells.map(cell => bPoint(cell, { broken: broken(cell) })),
            }),
          ),
      ],
      xLabel: 'strength (every control scaled to the norm of the vector)',
      yLabel: B_AXIS,
      xTicks: cells
        .filter(({ intervention }) => intervention !== 'self-amplification')
        .map(({ strength }) => strength),
      include: [0],
    },
    options,
  );
}

const isOurs = (intervention: string) =>
  intervention === 'base-derived' || intervention === 'reasoning-derived';

// Controls that a reader looks for have a hue of their own; the rest are grey, each with its name.
const CONTROL_STYLES: Record<string, Partial<LineSeries>> = {
  'base-derived': { colour: PALETTE.ours },
  'reasoning-derived': { colour: PALETTE.theirs },
  '−v': { colour: PALETTE.ours, dash: DASHES.dashed },
  'mean activation': { colour: PALETTE.third },
  'self-amplification': { colour: PALETTE.fourth },
};

function noiseLabel(count: number): string {
  return count === 1 ? 'noise' : `noise, ${count} seeds`;
}
