import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { ReproduceResults } from '../../src/core/results';
import { renderReport } from '../../src/report/html';
import { emptyResults, fullResults, HOSTILE } from './fixture';

const MISSING = /NaN|undefined|Infinity/;

function textOf(html: string): string {
  return parseHTML(html).document.querySelector('main')?.textContent?.replace(/\s+/g, ' ') ?? '';
}

test('sections stand in the order of the argument', () => {
  const { document } = parseHTML(renderReport(fullResults()));
  expect([...document.querySelectorAll('section')].map(section => section.id)).toEqual([
    'findings',
    'fig3',
    'fig4',
    'fig2',
    'appB',
    'cosine',
    'fig5',
    'fig6',
    'example',
    'counts',
    'making',
  ]);
  expect(document.querySelectorAll('figure')).toHaveLength(7);
  expect(document.querySelectorAll('svg[role=img][aria-label][aria-description]')).toHaveLength(6);
  expect(document.querySelectorAll('details')).toHaveLength(7);
});

test('the file needs nothing but itself', () => {
  const html = renderReport(fullResults());
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\shref=|\ssrc=|@import|url\((?!#)/);
});

test('the summary holds the main numbers', () => {
  const text = textOf(renderReport(fullResults()));
  expect(text).toContain(
    'raises backtracking: 0.41 % of words are “wait” or “hmm” without it, 2.76 % at strength 5 (×6.7)',
  );
  expect(text).toContain('The strongest control of equal norm, noise 5, reaches 0.86 %');
  expect(text).toContain('2 hold here, 1 does not, 1 not measured');
});

test('the summary and captions are honest about an absent effect', () => {
  const results = fullResults();
  const flat = (cells: ReproduceResults['twoByTwo']) =>
    cells.map(cell => ({ ...cell, b: 0.004, low: 0.003, high: 0.005 }));
  const text = textOf(
    renderReport({
      ...results,
      twoByTwo: flat(results.twoByTwo),
      baselines: flat(results.baselines),
      layers: flat(results.layers),
    }),
  );
  expect(text).toContain('it does not raise backtracking');
  expect(text).toContain('Our vector does not raise b.');
  expect(text).toContain('not clearly above the unsteered');
});

test('a verdict is a mark and words, not only a colour', () => {
  const { document } = parseHTML(renderReport(fullResults()));
  expect([...document.querySelectorAll('.verdict')].map(cell => cell.textContent)).toEqual([
    '✓ holds',
    '✓ holds',
    '✗ does not hold',
    '? not measured',
  ]);
});

test('nothing measured gives sentences, not empty charts', () => {
  const html = renderReport(emptyResults());
  expect(html).not.toMatch(MISSING);
  expect(html).not.toContain('<svg');
  expect(html.match(/class="doubletake-empty"/g)?.length).toBeGreaterThanOrEqual(9);
});

test('no number is missing in words', () => {
  const results = fullResults();
  expect(renderReport(results)).not.toMatch(MISSING);
  const holes = { ...results.twoByTwo[1], b: Number.NaN, sd: Number.NaN, low: Number.NaN, high: Number.NaN };
  const vectors = results.vectors.map(vector => ({ ...vector, splitHalf: null, norm: 0 }));
  const html = renderReport({ ...results, vectors, twoByTwo: [holes, ...results.twoByTwo.slice(2)] });
  expect(html).not.toMatch(MISSING);
});

test('rollouts, names and labels are text, whatever they hold', () => {
  const results = fullResults();
  const html = renderReport({
    ...results,
    base: { ...results.base, name: HOSTILE, hash: HOSTILE },
    reasoning: { ...results.reasoning, name: HOSTILE },
    rollouts: { ...results.rollouts, labels: { [HOSTILE]: 3 } },
    cosineByLayer: results.cosineByLayer.map(row => ({ ...row, otherLabels: { [HOSTILE]: 0.1 } })),
    projection: { name: HOSTILE, tokens: [{ text: HOSTILE, projection: 1, backtracking: true }] },
    example: { prompt: HOSTILE, strength: 2, unsteered: HOSTILE, steered: `Wait ${HOSTILE} <b>hmm</b>` },
    findings: [{ id: 'x', claim: HOSTILE, holds: true, evidence: HOSTILE }],
    seconds: { [HOSTILE]: 1 },
    settings: { ...results.settings, command: HOSTILE },
  });
  expect(html).not.toMatch(/<\/script|<img|<b>hmm/);
  // The handler's name may stand as text, never as an attribute of an element.
  const { document } = parseHTML(html);
  for (const element of document.querySelectorAll('*')) {
    expect(element.hasAttribute('onerror')).toBe(false);
    expect(element.tagName).not.toBe('IMG');
  }
  expect(document.querySelector('.completion')?.getAttribute('dir')).toBe('auto');
});

test('wait and hmm are marked as b counts them', () => {
  const results = fullResults();
  const steered = 'Wait, await waiter. HMM… wait’s don’t-wait';
  const { document } = parseHTML(renderReport({ ...results, example: { ...results.example!, steered } }));
  expect([...document.querySelectorAll('mark.counted')].map(mark => mark.textContent)).toEqual([
    'Wait',
    'HMM',
    'wait',
  ]);
});
