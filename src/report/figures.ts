import { baselines } from '../../webview/charts/baselines';
import { cosineByLayer } from '../../webview/charts/cosineByLayer';
import { heatMap } from '../../webview/charts/heatMap';
import { layersChart } from '../../webview/charts/layersChart';
import { lensByLayer } from '../../webview/charts/lensByLayer';
import { projectionTrace } from '../../webview/charts/projectionTrace';
import type { ChartElement } from '../../webview/charts/surface';
import { twoByTwo } from '../../webview/charts/twoByTwo';
import type { ReproduceResults } from '../core/results';
import {
  baselinesCaption,
  type Caption,
  cosineCaption,
  layersCaption,
  lensCaption,
  projectionCaption,
  twoByTwoCaption,
  windowsCaption,
} from './captions';
import { svgDocument } from './svgDocument';
import { cellTable, cosineTable, lensTable, projectionTable, type Table } from './tables';

/** A figure of the report: its drawing, its words and its numbers. */
export interface Figure {
  id: string;
  title: string;
  chart: ChartElement;
  caption: Caption;
  table: Table;
}

/** The figures in the order of the report. */
export function figures(results: ReproduceResults): Figure[] {
  const options = { document: svgDocument() };
  const base = results.vectors.find(({ source }) => source === 'base-derived');
  const strengthOfUnitGain = base && base.norm > 0 ? base.meanNorm / base.norm : undefined;
  return [
    {
      id: 'fig3',
      title: 'Two models, two vectors (Fig. 3)',
      chart: twoByTwo(results.twoByTwo, options),
      caption: twoByTwoCaption(results),
      table: cellTable(results.twoByTwo),
    },
    {
      id: 'fig4',
      title: 'Against controls of equal norm (Fig. 4)',
      chart: baselines(results.baselines, { ...options, strengthOfUnitGain, height: 400 }),
      caption: baselinesCaption(results),
      table: cellTable(results.baselines),
    },
    {
      id: 'fig2',
      title: 'Which window (Fig. 2)',
      chart: heatMap(results.windows, { ...options, length: results.choice.length }),
      caption: windowsCaption(results),
      table: cellTable(results.windows),
    },
    {
      id: 'appB',
      title: 'Which layer (App. B)',
      chart: layersChart(results.layers, { ...options, height: 300 }),
      caption: layersCaption(results),
      table: cellTable(results.layers),
    },
    {
      id: 'cosine',
      title: 'Do the two vectors agree?',
      chart: cosineByLayer(results.cosineByLayer, options),
      caption: cosineCaption(results),
      table: cosineTable(results),
    },
    {
      id: 'fig5',
      title: 'Does the vector spell “wait”? (Fig. 5)',
      chart: lensByLayer(results.lensByLayer, options),
      caption: lensCaption(results),
      table: lensTable(results),
    },
    {
      id: 'fig6',
      title: 'Where a trace points along the vector (Fig. 6)',
      chart: projectionTrace(results.projection, options),
      caption: projectionCaption(results),
      table: projectionTable(results),
    },
  ];
}
