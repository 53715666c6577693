import type { Command } from 'commander';
import { UserError } from '../../core/errors';
import { TextModel } from '../../model/textModel';
import { runOptions } from '../openModel';

// Long enough for attention over several pieces, short enough for a second on a laptop; at least 64 tokens, because a
// provider may take another path for long prompts.
const PROBE =
  'The question asks how many apples are left. First, there are twelve apples in the basket, and three friends take two each. ' +
  'So six apples are taken, which leaves six. Wait, let me check that again: twelve minus six is six, so the answer holds. ' +
  'For example, with nine apples and the same friends there would be three left over at the end of the day.';

/** `doubletake check`: what a model in use must satisfy, one line each. */
export function checkCommand(program: Command): void {
  runOptions(program.command('check'))
    .description(
      'test a model: finite weights, exact strength 0, KV cache, steering at every token, batches, its provider',
    )
    .requiredOption('--model <dir>', 'Hugging Face folder')
    .action(async ({ model: folder, ...run }) => {
      const model = TextModel.open(folder, run);
      const report = new CheckReport();
      try {
        const { ids } = model.tokenizer.encode(PROBE, { addSpecialTokens: true });
        const round = model.tokenizer.decode(ids, { skipSpecialTokens: true });
        report.add('tokenizer round trip', round.trim() === PROBE, `${ids.length} tokens`);
        const pool = await model.pool();
        const { architecture, layers, dModel, provider, providerReason, fellBack } = pool.info;
        report.add('model opened', true, `${architecture}, ${layers} layers, d ${dModel}`);
        // `auto` asks for whatever works; a provider asked for by name has to.
        report.add(`provider ${provider}`, !fellBack || run.provider === 'auto', providerReason);
        await pool.call('check', { ids }, { onEvent: r => report.add(r.name, r.passed, r.detail) });
        report.requireAllPassed(folder);
      } finally {
        await model.close();
      }
    });
}

class CheckReport {
  private readonly failed: string[] = [];
  private count = 0;

  add(name: string, passed: boolean, detail: string): void {
    this.count++;
    if (!passed) this.failed.push(name);
    process.stdout.write(`${passed ? 'ok  ' : 'FAIL'}  ${name} (${detail})\n`);
  }

  requireAllPassed(folder: string): void {
    if (this.failed.length === 0) return;
    throw new UserError(
      `${folder} failed ${this.failed.length} of ${this.count} checks: ${this.failed.join('; ')}.`,
    );
  }
}
