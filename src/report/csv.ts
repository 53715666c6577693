import type { ReproduceResults } from '../core/results';
import { cellTable, cosineTable, findingsTable, lensTable, type Table, type TableValue } from './tables';

/** The tables of a report by file name, as RFC 4180 CSV: CRLF, quotes where needed, an empty field for what is missing. */
export function csvFiles(results: ReproduceResults): Record<string, string> {
  return {
    'two-by-two.csv': csv(cellTable(results.twoByTwo)),
    'baselines.csv': csv(cellTable(results.baselines)),
    'windows.csv': csv(cellTable(results.windows)),
    'layers.csv': csv(cellTable(results.layers)),
    'cosine-by-layer.csv': csv(cosineTable(results)),
    'lens-by-layer.csv': csv(lensTable(results)),
    'findings.csv': csv(findingsTable(results)),
  };
}

function csv({ columns, rows }: Table): string {
  return [columns, ...rows].map(row => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: TableValue): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  // Six digits: more than 60 traces can carry, and the same on every machine.
  const text = typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
