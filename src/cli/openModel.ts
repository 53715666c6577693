import { type Command, Option } from 'commander';
import type { ProviderChoice } from '../model/contract';
import { PROVIDER_CHOICES } from '../model/providers';
import { TextModel } from '../model/textModel';
import { whole } from './options';

/** How a command runs its models. */
export interface RunOptions {
  threads?: number;
  provider: ProviderChoice;
}

/**
 * Options of every command that opens a model. Results are compared with other people's, so a command runs on the CPU,
 * which every machine has, unless another provider is asked for; the editor asks for `auto`.
 */
export function runOptions(command: Command): Command {
  return command
    .option('--threads <n>', 'threads inside an operator', whole(1))
    .addOption(
      new Option(
        '--provider <provider>',
        'where the model runs; auto takes a GPU that agrees with the CPU and is as fast',
      )
        .choices(PROVIDER_CHOICES)
        .default('cpu'),
    );
}

/** A model of a command; where it runs and why is told if more than the CPU was asked for. */
export function openModel(folder: string, { threads, provider }: RunOptions): TextModel {
  return TextModel.open(folder, {
    threads,
    provider,
    onOpened: info => {
      if (provider !== 'cpu')
        process.stderr.write(`${folder} runs on ${info.provider}: ${info.providerReason}.\n`);
    },
  });
}
