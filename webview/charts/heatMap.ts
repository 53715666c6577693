import * as Plot from '@observablehq/plot';
import { brokenAmong, measured } from '../../src/core/readableCells';
import type { SteeredCell } from '../../src/core/results';
import { cellTitle } from './cellSeries';
import { emptyChart, finishSvg } from './finishSvg';
import { percent, short } from './numbers';
import { PALETTE } from './palette';
import { type ChartDocument, type ChartElement, type ChartOptions, DEFAULT_WIDTH } from './surface';

/** What a heat map needs beside its cells. */
export interface HeatMapOptions extends ChartOptions {
  /** Tokens in a window, for the axis: a window begins at its offset. */
  length?: number;
}

// Above this a cell's number would lose contrast against its fill in a dark theme (4.5 : 1 for VS Code's blue).
const STRONGEST_FILL = 0.62;
const HATCH = 'doubletake-hatch';
const MARGIN = { top: 28, bottom: 44, left: 62, right: 10 };

/** Fig. 2: b in percent by window offset × strength. Cells whose texts fall apart are hatched, their value in italics. */
export function heatMap(cells: readonly SteeredCell[], options: HeatMapOptions): ChartElement {
  const { document, length, width = DEFAULT_WIDTH } = options;
  const shown = measured(cells).filter(({ offset, strength }) => offset !== null && strength !== 0);
  if (shown.length === 0) return emptyChart(document, 'No window was swept.');
  const offsets = unique(shown.map(({ offset }) => offset ?? 0));
  const strengths = unique(shown.map(({ strength }) => strength));
  const highest = Math.max(...shown.map(({ b }) => b), 1e-9);
  const apart = brokenAmong(cells);
  const best = shown
    .filter(cell => !apart(cell))
    .reduce<SteeredCell | undefined>((a, cell) => (a && a.b >= cell.b ? a : cell), undefined);
  const cellWidth = (width - MARGIN.left - MARGIN.right) / offsets.length;
  const at = { x: 'offset', y: 'strength' } as const;
  const broken = shown.filter(apart);
  const number = {
    ...at,
    text: (cell: SteeredCell) => (100 * cell.b).toFixed(cellWidth < 34 ? 1 : 2),
    fill: PALETTE.ink,
    fontSize: Math.max(7, Math.min(12, cellWidth / 3.1)),
  };
  const plot = Plot.plot({
    document: document as never,
    width,
    height: options.height ?? MARGIN.top + MARGIN.bottom + 34 * strengths.length,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    padding: 0.06,
    x: { domain: offsets, label: null },
    y: { domain: [...strengths].reverse(), label: null },
    marks: [
      Plot.cell(shown, {
        ...at,
        fill: PALETTE.ours,
        fillOpacity: {
          value: (cell: SteeredCell) => Math.max(0.03, (STRONGEST_FILL * cell.b) / highest),
          scale: null,
        },
        title: cellTitle,
        ariaLabel: cellTitle,
      }),
      Plot.cell(broken, { ...at, fill: `url(#${HATCH})` }),
      ...(best ? [Plot.cell([best], { ...at, fill: 'none', stroke: PALETTE.ink, strokeWidth: 2 })] : []),
      Plot.text(
        shown.filter(cell => !apart(cell)),
        { ...number, fontWeight: 'bold' },
      ),
      Plot.text(broken, { ...number, fontStyle: 'italic', stroke: PALETTE.paper, strokeWidth: 4 }),
      Plot.axisX({
        label: length
          ? `window of ${length} tokens: its first token, counted from the sentence’s first`
          : 'first token of the window, counted from the sentence’s first',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 0,
        fontSize: 11,
        tickFormat: short,
      }),
      Plot.axisY({
        label: 'strength',
        labelAnchor: 'top',
        labelArrow: 'none',
        tickSize: 0,
        fontSize: 11,
        tickFormat: short,
      }),
    ],
  });
  const words = best
    ? `highest among readable texts ${percent(best.b)}, window at ${short(best.offset ?? 0)}, strength ${short(best.strength)}`
    : 'no cell has readable text';
  const svg = finishSvg(plot, {
    name: 'b by window offset and strength',
    description: `${shown.length} cells, ${words}; ${broken.length} hatched because their texts fall apart.`,
  });
  svg.prepend(hatchPattern(document));
  return svg;
}

function hatchPattern(document: ChartDocument): ChartElement {
  const make = (name: string, attributes: Record<string, string>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const defs = make('defs', {});
  const pattern = make('pattern', {
    id: HATCH,
    width: '7',
    height: '7',
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  pattern.append(
    make('line', {
      x1: '0',
      y1: '0',
      x2: '0',
      y2: '7',
      stroke: 'currentColor',
      'stroke-width': '2',
      'stroke-opacity': '0.45',
    }),
  );
  defs.append(pattern);
  return defs;
}

function unique(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
