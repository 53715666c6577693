import { expect, test } from 'vitest';
import { csvFiles } from '../../src/report/csv';
import { emptyResults, fullResults } from './fixture';

/** A reader of RFC 4180 small enough to trust. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows[rows.length - 1].push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('the tables have the names that are promised', () => {
  expect(Object.keys(csvFiles(fullResults()))).toEqual([
    'two-by-two.csv',
    'baselines.csv',
    'windows.csv',
    'layers.csv',
    'cosine-by-layer.csv',
    'lens-by-layer.csv',
    'findings.csv',
  ]);
});

test('every row has as many fields as the heading', () => {
  for (const text of Object.values(csvFiles(fullResults()))) {
    const [head, ...rows] = parse(text);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(head.length);
    expect(text).not.toMatch(/NaN|undefined|Infinity|[^\r]\n/);
  }
});

test('commas, quotes and line ends are quoted', () => {
  const claim = 'a "claim", with\r\nboth\nends';
  const text = csvFiles({ ...fullResults(), findings: [{ id: 'x', claim, holds: null, evidence: '' }] })[
    'findings.csv'
  ];
  expect(text).toBe('id,claim,holds,evidence\r\nx,"a ""claim"", with\r\nboth\nends",not measured,\r\n');
  expect(parse(text)[1][1]).toBe(claim);
});

test('what is missing is an empty field', () => {
  const results = fullResults();
  const [cell] = results.windows;
  const text = csvFiles({ ...results, windows: [{ ...cell, b: Number.NaN, sd: Number.POSITIVE_INFINITY }] })[
    'windows.csv'
  ];
  expect(parse(text)[1]).toEqual([
    'reasoning',
    'none',
    '3',
    '',
    '0',
    '60',
    '',
    '',
    String(Number(cell.low.toPrecision(6))),
    String(Number(cell.high.toPrecision(6))),
    '0',
    '0.08',
  ]);
});

test('nothing measured leaves the headings', () => {
  for (const text of Object.values(csvFiles(emptyResults()))) expect(parse(text)).toHaveLength(1);
});
