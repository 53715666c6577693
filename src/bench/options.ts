import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';

/** What is measured: names of `--only`. */
export const ITEMS = ['load', 'harvest', 'harvest-all', 'decode', 'ragged', 'strengths', 'steering'] as const;

/** One kind of measurement. */
export type Item = (typeof ITEMS)[number];

/** Names of `--models`. */
export const MODELS = ['small', '300m'] as const;

/** A model to measure on. */
export type ModelName = (typeof MODELS)[number];

/** Options of the command. */
export interface BenchOptions {
  quick: boolean;
  oursOnly: boolean;
  only: Item[];
  models: ModelName[];
  threads: number;
  runs: number;
  out?: string;
}

/** Reads the command line; usage errors end the process with code 2. */
export function parseOptions(argv: string[]): BenchOptions {
  const program = new Command('bench')
    .description('Measures Doubletake against transformers with hooks on the same weights, in one run')
    .option('--quick', 'tiny sizes: to see that it works, not to quote', false)
    .option('--ours-only', 'Doubletake alone, without Python', false)
    .option('--only <items>', `of ${ITEMS.join(', ')}`, listOf(ITEMS), [...ITEMS])
    .option('--models <names>', `of ${MODELS.join(', ')}`, listOf(MODELS), [...MODELS])
    .option('--threads <n>', 'threads of either side', positive, availableParallelism())
    .option('--runs <n>', 'runs of either side', positive)
    .option('--out <file>', 'write the table there, as Markdown')
    .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2));
  const { runs, ...options } = program.parse(argv).opts();
  return { ...options, runs: runs ?? (options.quick ? 1 : 5) } as BenchOptions;
}

function listOf<Name extends string>(names: readonly Name[]) {
  return (text: string): Name[] =>
    text.split(',').map(part => {
      const name = names.find(known => known === part);
      if (!name) throw new InvalidArgumentError(`One or more of ${names.join(', ')} are needed.`);
      return name;
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('A whole number from 1 on is needed.');
  return value;
}
