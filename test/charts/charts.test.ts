import { expect, test } from 'vitest';
import { markup } from '../../src/report/markup';
import { svgDocument } from '../../src/report/svgDocument';
import { baselines } from '../../webview/charts/baselines';
import { cosineByLayer } from '../../webview/charts/cosineByLayer';
import { heatMap } from '../../webview/charts/heatMap';
import { layersChart } from '../../webview/charts/layersChart';
import { lensByLayer } from '../../webview/charts/lensByLayer';
import { projectionTrace } from '../../webview/charts/projectionTrace';
import type { ChartDocument, ChartElement } from '../../webview/charts/surface';
import { twoByTwo } from '../../webview/charts/twoByTwo';
import { emptyResults, fullResults, HOSTILE } from '../report/fixture';

type Draw = (results: ReturnType<typeof fullResults>, document: ChartDocument) => ChartElement;

const CHARTS: Record<string, Draw> = {
  twoByTwo: (r, document) => twoByTwo(r.twoByTwo, { document }),
  baselines: (r, document) => baselines(r.baselines, { document, strengthOfUnitGain: 8.7 / 1.31 }),
  heatMap: (r, document) => heatMap(r.windows, { document, length: r.choice.length }),
  layersChart: (r, document) => layersChart(r.layers, { document }),
  cosineByLayer: (r, document) => cosineByLayer(r.cosineByLayer, { document }),
  lensByLayer: (r, document) => lensByLayer(r.lensByLayer, { document }),
};

for (const [name, draw] of Object.entries(CHARTS)) {
  test(`${name} draws the fixture as it always has`, async () => {
    const drawn = markup(draw(fullResults(), svgDocument()));
    await expect(drawn.replaceAll('><', '>\n<')).toMatchFileSnapshot(`snapshots/${name}.svg`);
    expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    expect(drawn).toMatch(/^<svg[^>]* role="img"/);
    expect(drawn).toMatch(/^<svg[^>]* aria-label="[^"]+"/);
    expect(drawn).toMatch(/^<svg[^>]* aria-description="[^"]+"/);
    expect(drawn, 'a strict content security policy forbids inline style').not.toMatch(/<style| style=/);
  });

  test(`${name} says in a sentence that there is nothing to draw`, () => {
    expect(markup(draw(emptyResults(), svgDocument()))).toMatch(/^<p class="doubletake-empty">[^<]+\.<\/p>$/);
  });
}

test('values that are not finite are left out', () => {
  const { twoByTwo: cells, lensByLayer: lens, windows } = fullResults();
  cells[1] = { ...cells[1], b: Number.NaN, low: Number.NaN, high: Number.NaN };
  cells[2] = { ...cells[2], low: Number.NaN, high: Number.NaN };
  lens[0] = { ...lens[0], score: Number.NEGATIVE_INFINITY };
  windows[3] = { ...windows[3], b: Number.NaN };
  const document = svgDocument();
  const drawn = [
    twoByTwo(cells, { document }),
    lensByLayer(lens, { document }),
    heatMap(windows, { document }),
  ];
  for (const chart of drawn) expect(markup(chart)).not.toMatch(/NaN|Infinity/);
});

test('one point, all zeros and negative strengths are drawn', () => {
  const [cell] = fullResults().twoByTwo;
  const document = svgDocument();
  const zero = { ...cell, b: 0, sd: 0, low: 0, high: 0 };
  expect(markup(twoByTwo([zero], { document }))).not.toMatch(/NaN|Infinity/);
  expect(markup(layersChart([{ ...zero, strength: 2 }], { document }))).not.toMatch(/NaN|Infinity/);
  expect(markup(heatMap([{ ...zero, strength: -2 }], { document }))).toContain('>−2<');
  expect(markup(twoByTwo([{ ...cell, strength: -3.3 }, cell], { document }))).toContain('>−3.3<');
});

test('a series without a cell at strength 0 begins at the unsteered one', () => {
  const { baselines: cells } = fullResults();
  const titles = [
    ...markup(baselines(cells, { document: svgDocument() })).matchAll(/<title>([^<]*)<\/title>/g),
  ];
  const controls = new Set(cells.map(cell => cell.intervention).filter(name => !name.startsWith('noise')));
  expect(titles.filter(([, title]) => title.includes(', unsteered,'))).toHaveLength(controls.size);
});

test('cells whose texts fall apart are hatched, with their value', () => {
  const { windows } = fullResults();
  const drawn = markup(heatMap(windows, { document: svgDocument() }));
  expect(drawn).toContain('<pattern');
  expect(drawn).toMatch(/3 hatched/);
  expect(drawn.match(/url\(#doubletake-hatch\)/g)).toHaveLength(1);
});

test('a trace marks backtracking starts by more than colour, and escapes its text', () => {
  const projection = {
    name: 'x',
    tokens: [
      { text: ' Wait', projection: 2, backtracking: true },
      { text: HOSTILE, projection: -1.2, backtracking: false },
      { text: ' end', projection: Number.NaN, backtracking: false },
    ],
  };
  const drawn = markup(projectionTrace(projection, { document: svgDocument() }));
  expect(drawn).toMatch(/<mark [^>]*class="backtracking along-5"[^>]*>Wait<\/mark>/);
  expect(drawn).toContain('class="against-3"');
  expect(drawn).not.toMatch(/NaN|<img|<\/script/);
  expect(drawn).not.toMatch(/ style=/);
  expect(markup(projectionTrace(null, { document: svgDocument() }))).toMatch(/^<p/);
});

test('names of controls are escaped', () => {
  const cells = fullResults().baselines.map(cell => ({
    ...cell,
    intervention: cell.intervention === '−v' ? '<img src=x> & "v"' : cell.intervention,
  }));
  const drawn = markup(baselines(cells, { document: svgDocument() }));
  expect(drawn).not.toContain('<img');
  expect(drawn).toContain('&lt;img src=x&gt; &amp; ');
});
