import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors';
import { vectorFor } from '../../files/vectorFile';
import type { GeneratedRow, Intervention } from '../../model/contract';
import { samplingDefaults } from '../../model/samplingDefaults';
import type { TextModel } from '../../model/textModel';
import { openModel, runOptions } from '../openModel';
import { real, whole } from '../options';
import { cancelOnInterrupt } from '../terminal';
import { requireText } from './activations';

/** Options that say how tokens are drawn, shared by every command that samples. */
export function samplingOptions(command: Command): Command {
  return command
    .option('--max-tokens <n>', "new tokens at most (default: the model's own, else 512)", whole(1))
    .option('--temperature <x>', "0 is greedy (default: the model's own, else 0)", real(0))
    .option('--top-p <x>', 'keep the likeliest tokens up to this mass', real(0, 1))
    .option('--top-k <n>', 'keep this many tokens; 0 keeps all', whole(0))
    .option('--min-p <x>', 'keep tokens at least this share as likely as the likeliest', real(0, 1))
    .option('--seed <n>', 'seed of the draw', whole(), 0);
}

/** `doubletake generate`: one completion, streamed, steered or not. */
export function generateCommand(program: Command): void {
  const command = program
    .command('generate')
    .description('continue a prompt, steered by a vector if one is given')
    .requiredOption('--model <dir>', 'Hugging Face folder')
    .requiredOption('--prompt-file <file>', 'the prompt')
    .option('--raw', 'take the text as it is, without the chat template', false)
    .addOption(new Option('--vector <file>', 'steering vector (safetensors)'))
    .addOption(new Option('--strength <x>', 'multiplier of the vector').argParser(real()))
    .option('--layer <n>', "layer to steer; by default the vector's own", whole(0))
    .option('--json', 'print one JSON line {text, tokenIds, finishReason}', false);
  runOptions(samplingOptions(command)).action(async options => {
    if ((options.vector === undefined) !== (options.strength === undefined)) {
      command.error('--vector and --strength belong together; give both or neither.');
    }
    const prompt = await requireText(options.promptFile);
    const model = openModel(options.model, options);
    try {
      const interventions: Intervention[] = [];
      const vectors: Float32Array[] = [];
      if (options.vector !== undefined) {
        const { vector, layer } = vectorFor(options.vector, model.identity, options.layer);
        vectors.push(vector);
        interventions.push({ layer, vector: 0, strength: options.strength });
      }
      const ids = options.raw ? model.rawIds(prompt) : model.chatIds(prompt);
      if (ids.length === 0)
        throw new UserError(`${options.promptFile} gives no tokens; write at least one word.`);
      const { maxTokens, ...sampling } = samplingDefaults(options.model, options);
      const decoder = model.tokenizer.streamDecoder({ skipSpecialTokens: true });
      const [row] = await (await model.pool()).generate(
        {
          rows: [{ ids, seed: options.seed, interventions }],
          vectors,
          sampling,
          maxTokens,
          stop: model.stop,
          stream: !options.json,
        },
        {
          signal: cancelOnInterrupt(),
          onEvent: event => {
            if (event.kind === 'tokens') for (const id of event.ids) process.stdout.write(decoder.push(id));
          },
        },
      );
      if (options.json) process.stdout.write(`${jsonLine(model, row)}\n`);
      else process.stdout.write(`${decoder.flush()}\n`);
    } finally {
      await model.close();
    }
  });
}

function jsonLine(model: TextModel, { tokenIds, finishReason }: GeneratedRow): string {
  return JSON.stringify({
    text: model.tokenizer.decode(tokenIds, { skipSpecialTokens: true }),
    tokenIds,
    finishReason,
  });
}
