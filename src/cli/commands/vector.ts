import { type Command, Option } from 'commander';
import { DEFAULT_LENGTH, DEFAULT_OFFSET } from '../../core/windows';
import { makeVector } from '../../study/makeVector';
import { openModel, runOptions } from '../openModel';
import { whole } from '../options';
import { cancelOnInterrupt, Progress } from '../terminal';

/** `doubletake vector`: a difference-of-means vector from labelled rollouts. */
export function vectorCommand(program: Command): void {
  runOptions(program.command('vector'))
    .description('difference of means of resid_post over the windows of a label and of every label')
    .requiredOption('--model <dir>', 'Hugging Face folder whose activations are read')
    .requiredOption('--rollouts <folder>', 'labelled rollouts')
    .option('--label <label>', 'label of the windows D+', 'backtracking')
    .requiredOption('--layer <n>', 'layer L of resid_post.L', whole(0))
    .option(
      '--offset <n>',
      "window's first token, counted from the sentence's first",
      whole(),
      DEFAULT_OFFSET,
    )
    .option('--length <n>', 'tokens of the window', whole(1), DEFAULT_LENGTH)
    .addOption(
      new Option('--minus <what>', 'mean to subtract').choices(['labelled', 'overall']).default('labelled'),
    )
    .addOption(new Option('--scale <how>', 'norm of the result').choices(['raw', 'mean-norm']).default('raw'))
    .requiredOption('--out <file>', 'safetensors file to write')
    .action(async ({ model: folder, rollouts, label, layer, offset, length, minus, scale, out, ...run }) => {
      const model = openModel(folder, run);
      try {
        const progress = new Progress('Harvest');
        const made = await makeVector(model, rollouts, { label, layer, offset, length, minus, scale }, out, {
          signal: cancelOnInterrupt(),
          onProgress: progress.update,
        });
        const { norm, meanNorm, positives, windows, splitHalfCosine } = made.result;
        progress.finish(`${positives} ${label} windows of ${windows}`);
        for (const { stored } of made.rollouts) {
          for (const { line, message } of stored.problems)
            process.stderr.write(`${stored.name}.rollout.ann, line ${line}: ${message}\n`);
        }
        process.stdout.write(
          `${out}: |v| ${norm.toPrecision(4)}, mean activation ${meanNorm.toPrecision(4)}, split-half cosine ${splitHalfCosine?.toFixed(3) ?? 'unknown'}\n`,
        );
      } finally {
        await model.close();
      }
    });
}
