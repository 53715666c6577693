import * as Plot from '@observablehq/plot';
import { PALETTE } from './palette';

/** One point of a line; `low` and `high` draw a bar, `broken` a cross in place of the dot. */
export interface LinePoint {
  x: number;
  y: number;
  low?: number;
  high?: number;
  title: string;
  broken?: boolean;
}

/** One line with its direct label; no label, no text at its end. */
export interface LineSeries {
  label?: string;
  colour: string;
  points: LinePoint[];
  dash?: string;
  /** Stroke width in pixels; lines of 2 and more have a bold label. */
  weight: number;
  /** `none` where dots would crowd the chart. */
  dots: 'filled' | 'hollow' | 'none';
}

/** Whether a point has an interval to draw. */
export function hasBar({ low, high }: LinePoint): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

/** The marks of one line; its bars stand `dx` pixels beside its dots. */
export function lineMarks({ points, colour, dash, weight, dots }: LineSeries, dx: number): Plot.Markish[] {
  const bars = points.filter(hasBar);
  const whole = points.filter(({ broken }) => !broken);
  const broken = points.filter(point => point.broken);
  const at = { x: 'x', y: 'y', title: 'title', ariaLabel: 'title' } as const;
  return [
    Plot.ruleX(bars, {
      x: 'x',
      y1: 'low',
      y2: 'high',
      stroke: colour,
      strokeWidth: 1.5,
      strokeOpacity: 0.65,
      dx,
    }),
    Plot.line(points, {
      x: 'x',
      y: 'y',
      stroke: colour,
      strokeWidth: weight,
      strokeDasharray: dash,
      strokeLinejoin: 'round',
    }),
    ...(dots === 'none'
      ? []
      : [
          Plot.dot(whole, {
            ...at,
            r: 3.5,
            stroke: colour,
            strokeWidth: 1.5,
            fill: dots === 'filled' ? colour : PALETTE.paper,
          }),
          Plot.dot(broken, { ...at, r: 5, symbol: 'times', stroke: colour, strokeWidth: 2 }),
        ]),
  ];
}
