import type { CosineAtLayer } from '../../src/core/results';
import { emptyChart } from './finishSvg';
import { lineChart } from './lineChart';
import type { LineSeries } from './lineMarks';
import { fixed } from './numbers';
import { DASHES, PALETTE } from './palette';
import type { ChartElement, ChartOptions } from './surface';

/**
 * Cosine (−1…1) by layer: base-derived against reasoning-derived vector (thick), base-derived against the vectors of the other
 * labels (thin), and the split-half stability of both vectors (dotted). Halves share no rollout, the two
 * models' vectors share all, so the thick line may lie above the dotted ones.
 */
export function cosineByLayer(layers: readonly CosineAtLayer[], options: ChartOptions): ChartElement {
  const rows = [...layers].sort((a, b) => a.layer - b.layer);
  if (rows.length === 0)
    return emptyChart(options.document, 'No vector was computed, so there is no cosine by layer.');
  const line = (
    label: string,
    value: (row: CosineAtLayer) => number | null | undefined,
    style: Omit<LineSeries, 'label' | 'points'>,
  ): LineSeries => ({
    label,
    ...style,
    points: rows.map(row => {
      const y = value(row) ?? Number.NaN;
      return { x: row.layer, y, title: `${label}, layer ${row.layer}: cosine ${fixed(y)}` };
    }),
  });
  const others = [...new Set(rows.flatMap(row => Object.keys(row.otherLabels)))].filter(
    label => label !== 'backtracking',
  );
  const best = rows.reduce((a, row) => (row.baseReasoning > a.baseReasoning ? row : a));
  const dotted = { dash: DASHES.dotted, weight: 1.6, dots: 'none' } as const;
  return lineChart(
    {
      name: 'Cosine of the vectors by layer',
      description: `Base-derived and reasoning-derived vectors agree most at layer ${best.layer} (cosine ${fixed(best.baseReasoning)}); thin lines are the vectors of other labels.`,
      series: [
        ...others.map(label =>
          line(label, row => row.otherLabels[label], { colour: PALETTE.quiet, weight: 1, dots: 'none' }),
        ),
        line('split half, base-derived', row => row.splitHalfBase, { ...dotted, colour: PALETTE.ours }),
        line('split half, reasoning-derived', row => row.splitHalfReasoning, {
          ...dotted,
          colour: PALETTE.theirs,
        }),
        line('base- with reasoning-derived', row => row.baseReasoning, {
          colour: PALETTE.ours,
          weight: 2.5,
          dots: 'filled',
        }),
      ],
      xLabel: 'layer',
      yLabel: 'cosine',
      xTicks: rows.map(({ layer }) => layer),
      include: [0, 1],
    },
    options,
  );
}
