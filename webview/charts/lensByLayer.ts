import type { LensAtLayer } from '../../src/core/results';
import { emptyChart } from './finishSvg';
import { lineChart } from './lineChart';
import { fixed, percent } from './numbers';
import { DASHES, PALETTE } from './palette';
import type { ChartElement, ChartOptions } from './surface';

/** Fig. 5: s(v), the mean logit that v alone gives to the tokens with "wait" or "but", by layer; two vectors × two unembeddings. */
export function lensByLayer(scores: readonly LensAtLayer[], options: ChartOptions): ChartElement {
  const known = scores.filter(({ score }) => Number.isFinite(score));
  if (known.length === 0) {
    return emptyChart(
      options.document,
      'The logit lens was not read: the vocabulary has no token with “wait” or “but”.',
    );
  }
  const highest = known.reduce((a, point) => (point.score > a.score ? point : a));
  const pairs = new Map<string, LensAtLayer[]>();
  for (const point of known) {
    const key = `${point.vector} vector, ${point.unembedding} W_U`;
    pairs.set(key, [...(pairs.get(key) ?? []), point]);
  }
  return lineChart(
    {
      name: 'Logit lens of the vectors by layer',
      description: `s(v) is highest at layer ${highest.layer} for the ${highest.vector} vector with the ${highest.unembedding} unembedding (${fixed(highest.score, 3)}).`,
      series: [...pairs].map(([label, points]) => ({
        label,
        colour: points[0].vector === 'base-derived' ? PALETTE.ours : PALETTE.theirs,
        dash: points[0].unembedding === 'base' ? DASHES.dashed : DASHES.solid,
        weight: points[0].unembedding === 'base' ? 1.5 : 2,
        dots: points[0].unembedding === 'base' ? 'hollow' : 'filled',
        points: points
          .sort((a, b) => a.layer - b.layer)
          .map(({ layer, score, percentile }) => ({
            x: layer,
            y: score,
            title: `${label}, layer ${layer}: s(v) ${fixed(score, 3)}, above ${percent(percentile, 1)} of the vocabulary`,
          })),
      })),
      xLabel: 'layer',
      yLabel: 's(v) (mean logit of the tokens with “wait” or “but”)',
      xTicks: known.map(({ layer }) => layer),
      include: [0],
    },
    options,
  );
}
