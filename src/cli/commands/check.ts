import type { Command } from 'commander';
import { UserError } from '../../core/errors';
import { TextModel } from '../../model/textModel';
import { whole } from '../options';

// Long enough for attention over several pieces, short enough for a second on a laptop; at least 64 tokens, because a
// provider may take another path for long prompts.
const PROBE =
  'The question asks how many apples are left. First, there are twelve apples in the basket, and three friends take two each. ' +
  'So six apples are taken, which leaves six. Wait, let me check that again: twelve minus six is six, so the answer holds. ' +
  'For example, with nine apples and the same friends there would be three left over at the end of the day.';

/** `doubletake check`: what a model in use must satisfy, one line each. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .description('test a model: finite weights, exact strength 0, KV cache, steering at every token, batches')
    .requiredOption('--model <dir>', 'Hugging Face folder')
    .option('--threads <n>', 'threads inside an operator', whole(1))
    .action(async ({ model: folder, threads }) => {
      const model = TextModel.open(folder, { threads });
      try {
        const { ids } = model.tokenizer.encode(PROBE, { addSpecialTokens: true });
        const round = model.tokenizer.decode(ids, { skipSpecialTokens: true });
        report('tokenizer round trip', round.trim() === PROBE, `${ids.length} tokens`);
        const pool = await model.pool();
        report(
          'model opened',
          true,
          `${pool.info.architecture}, ${pool.info.layers} layers, d ${pool.info.dModel}, ${pool.info.provider}`,
        );
        const results = await pool.call(
          'check',
          { ids },
          { onEvent: r => report(r.name, r.passed, r.detail) },
        );
        const failed = results.filter(result => !result.passed);
        if (failed.length > 0)
          throw new UserError(
            `${folder} failed ${failed.length} of ${results.length} checks: ${failed.map(f => f.name).join('; ')}.`,
          );
      } finally {
        await model.close();
      }
    });
}

function report(name: string, passed: boolean, detail: string): void {
  process.stdout.write(`${passed ? 'ok  ' : 'FAIL'}  ${name} (${detail})\n`);
}
