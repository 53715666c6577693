import type { Command } from 'commander';
import { samplingDefaults } from '../../model/samplingDefaults';
import { readPrompts } from '../../study/prompts';
import { sampleRollouts } from '../../study/sampleRollouts';
import { openModel, runOptions } from '../openModel';
import { whole } from '../options';
import { cancelOnInterrupt, Progress } from '../terminal';
import { samplingOptions } from './generate';

/** `doubletake rollouts`: one rollout for each prompt, resumable. */
export function rolloutsCommand(program: Command): void {
  const command = program
    .command('rollouts')
    .description('sample rollouts for the prompts of a JSON Lines file; goes on where it was stopped')
    .requiredOption('--model <dir>', 'Hugging Face folder of the reasoning model')
    .requiredOption('--prompts <file>', 'JSON Lines of {prompt[, id, category]}')
    .requiredOption('--out <folder>', 'folder to write to')
    .option('--count <n>', 'rollouts; by default one for each prompt', whole(1));
  runOptions(samplingOptions(command)).action(async options => {
    const prompts = await readPrompts(options.prompts);
    const model = openModel(options.model, options);
    try {
      const { maxTokens, ...sampling } = samplingDefaults(options.model, options);
      const progress = new Progress('Rollouts');
      const { written, found, tokens } = await sampleRollouts(
        model,
        prompts,
        options.out,
        { count: options.count ?? prompts.length, seed: options.seed, sampling, maxTokens },
        { signal: cancelOnInterrupt(), onProgress: progress.update },
      );
      progress.finish(`${written} written, ${found} already there, ${tokens} new tokens`);
    } finally {
      await model.close();
    }
  });
}
