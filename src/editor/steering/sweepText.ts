import { type CompletionMeasures, meanMeasures, percent } from './completionMeasures';
import { strengthText } from './strengths';

/** A row of a sweep as far as it has come. */
export interface SweepRow {
  strength: number;
  /** From 0, among the rows of this strength. */
  sample: number;
  text: string;
  measures: CompletionMeasures;
  /** Why it ended; undefined while it runs. */
  ended?: string;
}

/** Columns of a line; longer ones are broken so that the text can be read without wrapping. */
const WIDTH = 84;
const COLUMNS = ['strength', 'tokens', 'wait/hmm', 'b', 'repeated 4-grams'];

/** A sweep as plain text: what was run, a table with a line per strength, then every completion, indented so that it folds. */
export function sweepText(about: readonly string[], rows: readonly SweepRow[]): string {
  const strengths = [...new Set(rows.map(({ strength }) => strength))];
  const table = [COLUMNS, ...strengths.map(strength => cells(rows.filter(row => row.strength === strength)))];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map(line => line[column].length)));
  const lines = table.map(line =>
    line
      .map((cell, column) => (column < widths.length ? cell.padStart(widths[column]) : cell))
      .join('   ')
      .trimEnd(),
  );
  const samples = Math.max(...rows.map(({ sample }) => sample)) + 1;
  const sections = rows.map(row => {
    const which = samples > 1 ? `, sample ${row.sample + 1} of ${samples}` : '';
    return `strength ${strengthText(row.strength)}${which}\n${indented(row.text.replace(/^\n+/, ''))}`;
  });
  return [...about, '', ...lines, '', sections.join('\n\n'), ''].join('\n');
}

function cells(rows: readonly SweepRow[]): string[] {
  const { tokens, waits, rate, repeated, fallsApart } = meanMeasures(rows.map(({ measures }) => measures));
  const running = rows.filter(({ ended }) => ended === undefined).length;
  const ends = [...new Set(rows.flatMap(({ ended }) => (ended ? [ended] : [])))].join(', ');
  const state = running > 0 ? 'running …' : ends;
  const [strength] = rows;
  const count = (value: number) => (rows.length > 1 ? value.toFixed(1) : String(value));
  const notes = [fallsApart ? 'falls apart' : '', state].filter(Boolean).join(', ');
  return [
    strengthText(strength.strength),
    count(tokens),
    count(waits),
    percent(rate),
    percent(repeated),
    notes,
  ];
}

/** Every line two columns in, broken between words at the width. */
function indented(text: string): string {
  return text.split('\n').flatMap(wrapped).join('\n');
}

function wrapped(line: string): string[] {
  const lines: string[] = [];
  let current = ' ';
  for (const word of line.split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = ' ';
    }
    current += ` ${word}`;
  }
  lines.push(current);
  return lines.map(each => each.trimEnd());
}
