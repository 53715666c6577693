import { join } from 'node:path';
import type { Command } from 'commander';
import { samplingDefaults } from '../../model/samplingDefaults';
import { TextModel } from '../../model/textModel';
import { labelFolder } from '../../study/labelFolder';
import { readPrompts } from '../../study/prompts';
import { reproduce } from '../../study/reproduce';
import { sampleRollouts } from '../../study/sampleRollouts';
import { whole } from '../options';
import { cancelOnInterrupt, Progress } from '../terminal';
import { writeReport } from './reproduce';

/** What the bundled pair's model cards recommend, and sizes that keep the demo within a minute on two cores. */
const DEMO = {
  layer: 1,
  offset: -12,
  length: 5,
  strengths: [0, 1, 2, 3, 4],
  windowOffsets: [-24, -18, -12, -6, 0],
  prompts: 50,
};

/** `doubletake demo`: the paper's pipeline on the bundled pair, from prompts to report. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('sample, label, harvest and steer the bundled pair of small models, and write a report')
    .option('--out <folder>', 'folder to write to', 'demo-output')
    .option('--seed <n>', 'seed', whole(), 0)
    .action(async ({ out, seed }) => {
      const started = performance.now();
      const models = join(__dirname, '..', 'models');
      const base = TextModel.open(join(models, 'base'));
      const reasoning = TextModel.open(join(models, 'reasoning'));
      const signal = cancelOnInterrupt();
      try {
        const rollouts = join(out, 'rollouts');
        const prompts = await readPrompts(join(models, 'prompts.jsonl'));
        const { maxTokens, ...sampling } = samplingDefaults(reasoning.folder, {});
        const sampled = new Progress(`${prompts.length} rollouts of the reasoning model`);
        const run = { count: prompts.length, seed, sampling, maxTokens };
        const { tokens, found } = await sampleRollouts(reasoning, prompts, rollouts, run, {
          signal,
          onProgress: sampled.update,
        });
        sampled.finish(found === prompts.length ? 'already there' : `${tokens} tokens`);
        const labelled = new Progress('Labels by the keyword judge');
        const { sentences, byLabel } = await labelFolder(rollouts, { onProgress: labelled.update });
        labelled.finish(`${sentences} sentences, ${byLabel.get('backtracking') ?? 0} of them backtracking`);
        const results = await reproduce({
          ...DEMO,
          base,
          reasoning,
          rolloutsFolder: rollouts,
          out,
          prompts: (await readPrompts(join(models, 'prompts.steer.jsonl'))).slice(0, DEMO.prompts),
          seed,
          command: `npm run demo -- --seed ${seed}`,
          signal,
          onStage: title => new Progress(title),
        });
        await writeReport(results, out);
        process.stdout.write(`The whole demo took ${((performance.now() - started) / 1000).toFixed(0)} s.\n`);
      } finally {
        await Promise.all([base.close(), reasoning.close()]);
      }
    });
}
