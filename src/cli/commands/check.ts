import type { Command } from 'commander';
import { UserError } from '../../core/errors';
import { TextModel } from '../../model/textModel';
import { checkModel } from '../../study/checkModel';
import { runOptions } from '../openModel';

/** `doubletake check`: what a model in use must satisfy, one line each. */
export function checkCommand(program: Command): void {
  runOptions(program.command('check'))
    .description(
      'test a model: finite weights, exact strength 0, KV cache, steering at every token, batches, its provider',
    )
    .requiredOption('--model <dir>', 'Hugging Face folder')
    .action(async ({ model: folder, ...run }) => {
      const model = TextModel.open(folder, run);
      try {
        const results = await checkModel(model, run.provider, ({ name, passed, detail }) =>
          process.stdout.write(`${passed ? 'ok  ' : 'FAIL'}  ${name} (${detail})\n`),
        );
        const failed = results.filter(({ passed }) => !passed);
        if (failed.length === 0) return;
        const names = failed.map(({ name }) => name).join('; ');
        throw new UserError(`${folder} failed ${failed.length} of ${results.length} checks: ${names}.`);
      } finally {
        await model.close();
      }
    });
}
