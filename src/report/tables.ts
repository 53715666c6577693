import type { ReproduceResults, SteeredCell } from '../core/results';

/** A value of a table: numbers keep their precision until they are written. */
export type TableValue = string | number | boolean | null;

/** Rows under named columns: written as CSV and, rounded, as the table beside a figure. */
export interface Table {
  columns: string[];
  rows: TableValue[][];
}

const CELL_COLUMNS = [
  'model',
  'intervention',
  'layer',
  'offset',
  'strength',
  'n',
  'b',
  'sd',
  'low',
  'high',
  'degenerate',
  'repeated_4grams',
];

/** Cells of a steering figure: b, sd and the 95 % bootstrap interval as shares 0…1. */
export function cellTable(cells: readonly SteeredCell[]): Table {
  return {
    columns: CELL_COLUMNS,
    rows: cells.map(c => [
      c.model,
      c.intervention,
      c.layer,
      c.offset,
      c.strength,
      c.n,
      c.b,
      c.sd,
      c.low,
      c.high,
      c.degenerate,
      c.repeatedFourGrams,
    ]),
  };
}

/** Cosines by layer: one column for each other label. */
export function cosineTable({ cosineByLayer }: Pick<ReproduceResults, 'cosineByLayer'>): Table {
  const labels = [...new Set(cosineByLayer.flatMap(row => Object.keys(row.otherLabels)))];
  return {
    columns: ['layer', 'base_reasoning', 'split_half_base', 'split_half_reasoning', ...labels],
    rows: cosineByLayer.map(row => [
      row.layer,
      row.baseReasoning,
      row.splitHalfBase,
      row.splitHalfReasoning,
      ...labels.map(label => row.otherLabels[label] ?? null),
    ]),
  };
}

/** Fig. 5: score s(v) (logits) and its percentile (share 0…1 of the vocabulary). */
export function lensTable({ lensByLayer }: Pick<ReproduceResults, 'lensByLayer'>): Table {
  return {
    columns: ['layer', 'vector', 'unembedding', 'score', 'percentile'],
    rows: lensByLayer.map(point => [
      point.layer,
      point.vector,
      point.unembedding,
      point.score,
      point.percentile,
    ]),
  };
}

/** Fig. 6: one row for each token. */
export function projectionTable({ projection }: Pick<ReproduceResults, 'projection'>): Table {
  return {
    columns: ['token', 'text', 'projection', 'backtracking'],
    rows: (projection?.tokens ?? []).map((token, i) => [i, token.text, token.projection, token.backtracking]),
  };
}

/** The findings: holds, does not hold, not measured. */
export function findingsTable({ findings }: Pick<ReproduceResults, 'findings'>): Table {
  return {
    columns: ['id', 'claim', 'holds', 'evidence'],
    rows: findings.map(({ id, claim, holds, evidence }) => [id, claim, verdictWords(holds), evidence]),
  };
}

/** A verdict in words. */
export function verdictWords(holds: boolean | null): string {
  return holds === null ? 'not measured' : holds ? 'holds' : 'does not hold';
}
