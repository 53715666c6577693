import { join } from 'node:path';
import type { Command } from 'commander';
import type { ReproduceResults } from '../../core/results';
import { DEFAULT_LENGTH, DEFAULT_OFFSET } from '../../core/windows';
import { atomicWrite } from '../../files/atomicWrite';
import { readPrompts } from '../../study/prompts';
import { reproduce } from '../../study/reproduce';
import { openModel, runOptions } from '../openModel';
import { real, realList, whole, wholeList } from '../options';
import { cancelOnInterrupt, Progress } from '../terminal';

// The paper's own figure sweeps −13…−8 closely; these also reach the word itself.
const WINDOW_OFFSETS = [-28, -20, -16, -12, -8, -4, 0];

/** `doubletake reproduce`: every figure of the paper from labelled rollouts. */
export function reproduceCommand(program: Command): void {
  runOptions(program.command('reproduce'))
    .description('harvest both models, compute vectors, steer with controls and write a report; resumable')
    .requiredOption('--base <dir>', 'Hugging Face folder of the base model')
    .requiredOption('--reasoning <dir>', 'Hugging Face folder of the reasoning model')
    .requiredOption('--rollouts <folder>', 'labelled rollouts of the reasoning model')
    .requiredOption('--out <folder>', 'folder to write to')
    .option('--prompts <file>', "prompts to steer on (JSON Lines); by default the rollouts' own")
    .option('--count <n>', 'prompts used at most', whole(1))
    .option('--layer <n>', 'layer; by default 10/32 of the depth', whole(0))
    .option('--offset <n>', "window's first token", whole(), DEFAULT_OFFSET)
    .option('--length <n>', 'tokens of the window', whole(1), DEFAULT_LENGTH)
    .option('--strengths <list>', 'strengths, separated by commas, 0 first', realList)
    .option('--window-offsets <list>', 'window offsets of the heat map', wholeList, WINDOW_OFFSETS)
    .option('--temperature <x>', "temperature; by default the model's own", real(0))
    .option('--max-tokens <n>', 'new tokens of a trace at most', whole(1))
    .option('--seed <n>', 'seed', whole(), 0)
    .action(async options => {
      const base = openModel(options.base, options);
      const reasoning = openModel(options.reasoning, options);
      try {
        const all = options.prompts ? await readPrompts(options.prompts) : undefined;
        const results = await reproduce({
          ...options,
          base,
          reasoning,
          rolloutsFolder: options.rollouts,
          prompts: all,
          command: commandLine(),
          signal: cancelOnInterrupt(),
          onStage: title => new Progress(title),
        });
        await writeReport(results, options.out);
      } finally {
        await Promise.all([base.close(), reasoning.close()]);
      }
    });
}

/** Writes report.html, results.json and the tables, and prints the summary. */
export async function writeReport(results: ReproduceResults, out: string): Promise<void> {
  // Charts are a third of the bundle; other commands start without them.
  const [{ csvFiles }, { renderReport }, { summariseForTerminal }] = await Promise.all([
    import('../../report/csv'),
    import('../../report/html'),
    import('../../report/terminal'),
  ]);
  await atomicWrite(join(out, 'results.json'), JSON.stringify(results, null, 1));
  await atomicWrite(join(out, 'report.html'), renderReport(results));
  for (const [name, csv] of Object.entries(csvFiles(results))) await atomicWrite(join(out, name), csv);
  const color = process.stdout.isTTY && !process.env.NO_COLOR;
  process.stdout.write(`${summariseForTerminal(results, { color, width: process.stdout.columns ?? 100 })}\n`);
  process.stdout.write(`\nReport: ${join(out, 'report.html')}\n`);
}

function commandLine(): string {
  return ['doubletake', ...process.argv.slice(2)].join(' ');
}
