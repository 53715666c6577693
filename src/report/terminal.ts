import { cellSeries, isGain, isNoise } from '../../webview/charts/cellSeries';
import { fixed, percent, short } from '../../webview/charts/numbers';
import { brokenAmong } from '../core/readableCells';
import type { ReproduceResults, SteeredCell } from '../core/results';
import { bestOfEachControl, keyCells } from './keyCells';
import { markedWords } from './markedWords';
import { grouped } from './summary';
import { verdictWords } from './tables';
import { columnsOf, pad, terminalSafe, wrapText } from './wrapText';

/** How the summary is written: with ANSI colours or not, and to how many columns. */
export interface TerminalOptions {
  color: boolean;
  width: number;
}

type Paint = (style: keyof typeof STYLES, text: string) => string;
const STYLES = { bold: '1', faint: '2', green: '32', red: '31', yellow: '33', blue: '34' } as const;
const NARROWEST = 52;
/** Columns that each hold a completion side by side need; below that one stands under the other. */
const SIDE_BY_SIDE = 96;

/** What `reproduce` and `demo` print: counts, cosine, Fig. 3 and 4 as tables, the findings and one steered completion. */
export function summariseForTerminal(results: ReproduceResults, options: TerminalOptions): string {
  const width = Math.max(NARROWEST, Math.floor(options.width) || 80);
  const paint: Paint = (style, text) => (options.color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
  const heading = (text: string) => wrapText(text, width).map(line => paint('bold', line));
  const sections = [
    counts(results, width),
    [
      ...heading('b (% of words that are wait or hmm): mean ± standard deviation'),
      ...twoByTwoLines(results, width, paint),
    ],
    [...heading('Against controls of equal norm (the best of each)'), ...controlLines(results, width, paint)],
    [...heading('Findings of the paper'), ...findingLines(results, width, paint)],
    exampleLines(results.example, width, paint),
  ];
  return sections.map(lines => lines.join('\n')).join('\n\n');
}

function counts({ rollouts, vectors, cosineByLayer, choice }: ReproduceResults, width: number): string[] {
  const labels = Object.entries(rollouts.labels).map(
    ([label, count]) => `${terminalSafe(label)} ${grouped(count)}`,
  );
  const at = cosineByLayer.find(({ layer }) => layer === choice.layer);
  const base = vectors.find(({ source }) => source === 'base-derived');
  return [
    `${grouped(rollouts.count)} rollouts, ${grouped(rollouts.tokens)} tokens, b ${percent(rollouts.b)}`,
    `Labels: ${labels.join(', ') || 'none'}`,
    base
      ? `Vector: layer ${choice.layer}, ${choice.length} tokens from ${fixed(choice.offset, 0)}; ${grouped(base.positives)} of ${grouped(base.windows)} windows; norm ${fixed(base.norm)} of mean activation ${fixed(base.meanNorm)}; split half ${fixed(base.splitHalf)}`
      : 'Vector: none was computed',
    `Cosine, base-derived with reasoning-derived: ${at ? `${fixed(at.baseReasoning)} at layer ${at.layer}` : 'not measured'}`,
  ].flatMap(line => wrapText(line, width));
}

function twoByTwoLines({ twoByTwo }: ReproduceResults, width: number, paint: Paint): string[] {
  const series = cellSeries(twoByTwo);
  const broken = brokenAmong(twoByTwo);
  if (series.length === 0) return ['No model was steered.'];
  const strengths = [...new Set(series.flatMap(({ cells }) => cells.map(({ strength }) => strength)))].sort(
    (a, b) => a - b,
  );
  const perRow = Math.max(1, Math.min(series.length, Math.floor((width - 10) / 19)));
  const lines: string[] = [];
  for (let from = 0; from < series.length; from += perRow) {
    const some = series.slice(from, from + perRow);
    const line = (first: string, fields: string[]) =>
      [pad(first, 9), ...fields.map(field => pad(field, 18, 'left'))].join(' ').trimEnd();
    lines.push(
      line(
        '',
        some.map(({ model }) => `${model} model`),
      ),
      line(
        'strength',
        some.map(({ intervention }) => intervention),
      ),
    );
    for (const strength of strengths) {
      const fields = some.map(({ cells }) => {
        const cell = cells.find(c => c.strength === strength);
        return cell ? `${rate(cell)}${broken(cell) ? ' *' : '  '}` : '–  ';
      });
      lines.push(line(short(strength), fields));
    }
  }
  const apart = twoByTwo.some(broken)
    ? wrapText('* texts of this cell fall apart; its b is no success', width).map(text =>
        paint('faint', text),
      )
    : [];
  return [...lines, ...apart];
}

function controlLines(results: ReproduceResults, width: number, paint: Paint): string[] {
  const { best, unsteered } = keyCells(results);
  const broken = brokenAmong([...results.twoByTwo, ...results.baselines]);
  const rows: [name: string, cell: SteeredCell][] = [
    ...(best ? [['base-derived vector', best] as [string, SteeredCell]] : []),
    ...bestOfEachControl(results.baselines).map((c): [string, SteeredCell] => [
      isNoise(c.intervention) ? 'noise (best seed)' : terminalSafe(c.intervention),
      c,
    ]),
    ...(unsteered ? [['unsteered', unsteered] as [string, SteeredCell]] : []),
  ];
  if (rows.length === 0) return ['No control was run.'];
  const nameWidth = Math.max(...rows.map(([name]) => columnsOf(name)));
  const top = Math.max(...rows.map(([, cell]) => cell.b), 1e-9);
  const room = Math.min(30, width - nameWidth - 37);
  return rows.map(([name, cell], i) => {
    const bar =
      room >= 6
        ? `  ${paint(i === 0 ? 'blue' : 'faint', '█'.repeat(Math.round((room * cell.b) / top)))}`
        : '';
    const at = cell.strength === 0 ? '' : `${isGain(cell) ? 'gain' : 'at'} ${short(cell.strength)}`;
    return `${pad(name, nameWidth)}  ${pad(rate(cell), 13, 'left')}${broken(cell) ? ' *' : '  '} ${pad(at, 10)}${bar}`.trimEnd();
  });
}

function findingLines({ findings }: ReproduceResults, width: number, paint: Paint): string[] {
  if (findings.length === 0) return ['None was judged.'];
  return findings.flatMap(({ claim, holds, evidence }) => {
    const [mark, style] =
      holds === null
        ? (['?', 'yellow'] as const)
        : holds
          ? (['✓', 'green'] as const)
          : (['✗', 'red'] as const);
    const indent = (text: string) => wrapText(terminalSafe(text), width - 2).map(line => `  ${line}`);
    const [first, ...rest] = indent(`${verdictWords(holds)}: ${claim}`);
    return [
      `${paint(style, mark)} ${first.slice(2)}`,
      ...rest,
      ...indent(evidence).map(line => paint('faint', line)),
    ];
  });
}

function exampleLines(example: ReproduceResults['example'], width: number, paint: Paint): string[] {
  if (!example) return ['No completion was kept.'];
  const heads = ['Unsteered', `Steered, strength ${short(example.strength)}`];
  const marked = (line: string) =>
    markedWords(line)
      .map(part => (part.counted ? paint('red', part.text) : part.text))
      .join('');
  const prompt = wrapText(terminalSafe(`Prompt: ${example.prompt}`), width);
  if (width < SIDE_BY_SIDE) {
    const below = (head: string, text: string) => [
      paint('bold', head),
      ...wrapText(terminalSafe(text), width).map(marked),
    ];
    return [...prompt, '', ...below(heads[0], example.unsteered), '', ...below(heads[1], example.steered)];
  }
  const half = Math.floor((width - 3) / 2);
  const [left, right] = [example.unsteered, example.steered].map(text => wrapText(terminalSafe(text), half));
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const l = left[i] ?? '';
    return `${marked(l)}${' '.repeat(half - columnsOf(l))} │ ${marked(right[i] ?? '')}`.trimEnd();
  });
  return [...prompt, '', `${paint('bold', pad(heads[0], half))}   ${paint('bold', heads[1])}`, ...rows];
}

function rate({ b, sd }: SteeredCell): string {
  return `${fixed(100 * b)} ± ${fixed(100 * sd)}`;
}
