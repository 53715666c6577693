import * as Plot from '@observablehq/plot';
import { spreadLabels } from './endLabels';
import { type ChartText, finishSvg } from './finishSvg';
import { hasBar, type LineSeries, lineMarks } from './lineMarks';
import { fixed } from './numbers';
import { PALETTE } from './palette';
import { type ChartElement, type ChartOptions, DEFAULT_WIDTH } from './surface';

/** Axes and extras of a line chart. */
export interface LineChartSpec extends ChartText {
  series: LineSeries[];
  xLabel: string;
  yLabel: string;
  /** Ticks stand where there is data: strengths and layers are what was measured, not a continuum. */
  xTicks: number[];
  yFormat?: (y: number) => string;
  /** Bounds that the y axis must reach. */
  include?: number[];
  /** Horizontal rule with its words, such as the unsteered b. */
  rule?: { y: number; label: string };
}

const MARGIN = { top: 28, bottom: 44, left: 56 };
const LEADER = 16;
/** Bars of lines that share an x stand side by side, 3 px apart. */
const BAR_STEP = 3;

/** Lines with interval bars and a direct label at each end; the charts over strengths and layers are made of it. */
export function lineChart(
  spec: LineChartSpec,
  { document, width = DEFAULT_WIDTH, height = 340 }: ChartOptions,
): ChartElement {
  const series = spec.series
    .map(line => ({
      ...line,
      points: line.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
    }))
    .filter(line => line.points.length > 0);
  const points = series.flatMap(line => line.points);
  const xs = points.map(({ x }) => x);
  const [left, right] = padded(Math.min(...xs), Math.max(...xs), 0.02);
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]).filter(Number.isFinite);
  const all = [...ys, ...(spec.include ?? []), ...(spec.rule ? [spec.rule.y] : [])];
  const [low, high] = padded(Math.min(...all), Math.max(...all), 0.04, spec.include);
  const labelWidth = Math.max(
    0,
    (spec.rule?.label.length ?? 0) * 6.3,
    ...series.map(({ label, weight }) => (label ?? '').length * (weight >= 2 ? 6.9 : 6.3)),
  );
  const marginRight = Math.min(width / 2, LEADER + 8 + labelWidth);
  const frame = { height: height - MARGIN.top - MARGIN.bottom, width: width - MARGIN.left - marginRight };
  const barred = series.filter(line => line.points.some(hasBar));
  const ruleLabel = spec.rule
    ? [{ text: spec.rule.label, x: right, y: spec.rule.y, colour: PALETTE.ink, bold: false }]
    : [];
  const labels = spreadLabels(
    [
      ...ruleLabel,
      ...series.flatMap(({ label, points: p, colour, weight }) => {
        const end = p[p.length - 1];
        return label ? [{ text: label, x: end.x, y: end.y, colour, bold: weight >= 2 }] : [];
      }),
    ],
    { low, high, height: frame.height },
  ) as (ReturnType<typeof spreadLabels>[number] & { x: number })[];
  const labelX = right + ((right - left) * LEADER) / frame.width;
  const plot = Plot.plot({
    document: document as never,
    width,
    height,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginRight,
    style: undefined,
    x: { domain: [left, right], label: null },
    y: { domain: [low, high], label: null },
    marks: [
      Plot.gridY({ ticks: 5, stroke: PALETTE.ink, strokeOpacity: 0.15 }),
      Plot.axisX(thinned(spec.xTicks, frame.width, right - left), {
        label: spec.xLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
        fontSize: 11,
        tickFormat: (x: number) => fixed(x, 2).replace(/\.?0+$/, ''),
        labelOffset: 38,
      }),
      Plot.axisY({
        ticks: 5,
        label: spec.yLabel,
        labelAnchor: 'top',
        labelArrow: 'none',
        fontSize: 11,
        tickFormat: spec.yFormat ?? ((y: number) => short2(y)),
      }),
      ...(low < 0 && high > 0 ? [Plot.ruleY([0], { stroke: PALETTE.ink, strokeOpacity: 0.5 })] : []),
      ...(spec.rule
        ? [Plot.ruleY([spec.rule.y], { stroke: PALETTE.ink, strokeDasharray: '2 3', strokeOpacity: 0.8 })]
        : []),
      ...series.flatMap(line =>
        lineMarks(
          line,
          barred.length > 1 && barred.includes(line)
            ? (barred.indexOf(line) - (barred.length - 1) / 2) * BAR_STEP
            : 0,
        ),
      ),
      Plot.link(labels, {
        x1: 'x',
        y1: 'y',
        x2: labelX,
        y2: 'labelY',
        stroke: 'colour',
        strokeOpacity: 0.35,
        strokeWidth: 1,
        dx: 0,
      }),
      ...[false, true].map(bold =>
        Plot.text(
          labels.filter(label => label.bold === bold),
          {
            x: () => labelX,
            y: 'labelY',
            text: 'text',
            fill: 'colour',
            textAnchor: 'start',
            dx: 3,
            fontSize: 11.5,
            fontWeight: bold ? 'bold' : 'normal',
          },
        ),
      ),
    ],
    color: { type: 'identity' },
  });
  return finishSvg(plot, spec);
}

// Zero and other bounds that were asked for stay the frame's edge; data gets a little air.
function padded(low: number, high: number, share: number, bounds: number[] = []): [number, number] {
  const air = high > low ? (high - low) * share : 0.5;
  return [bounds.includes(low) ? low : low - air, bounds.includes(high) ? high : high + air];
}

// At least 26 px from tick to tick.
function thinned(ticks: number[], width: number, extent: number): number[] {
  const kept: number[] = [];
  for (const tick of [...new Set(ticks)].sort((a, b) => a - b))
    if (kept.length === 0 || ((tick - kept[kept.length - 1]) / extent) * width >= 26) kept.push(tick);
  return kept;
}

function short2(y: number): string {
  return fixed(y, 2)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
