import { fixed } from '../../webview/charts/numbers';
import { escapeHtml } from './escapeHtml';
import type { Table, TableValue } from './tables';

const HEADINGS: Record<string, string> = {
  sd: 'sd of b',
  low: 'b, 95 % from',
  high: 'b, 95 % to',
  degenerate: 'share falling apart',
  repeated_4grams: 'repeated 4-grams',
  base_reasoning: 'base-derived · reasoning-derived',
  split_half_base: 'split half, base-derived',
  split_half_reasoning: 'split half, reasoning-derived',
};
const SHARES = new Set(['b', 'sd', 'low', 'high']);
const WHOLE = new Set(['layer', 'offset', 'n', 'token']);

/** A table as HTML: numbers rounded and right-aligned, every text escaped. */
export function htmlTable({ columns, rows }: Table, caption: string): string {
  const head = columns
    .map(
      (column, i) =>
        `<th scope="col"${rows.some(row => typeof row[i] === 'number') ? ' class="number"' : ''}>${escapeHtml(HEADINGS[column] ?? column)}</th>`,
    )
    .join('');
  const body = rows
    .map(
      row =>
        `<tr>${row.map((value, i) => `<td${typeof value === 'number' ? ' class="number"' : ' dir="auto"'}>${escapeHtml(written(value, columns[i]))}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function written(value: TableValue, column: string): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (WHOLE.has(column)) return fixed(value, 0);
  if (column === 'strength') return fixed(value, 2);
  return fixed(value, SHARES.has(column) ? 4 : 3);
}
