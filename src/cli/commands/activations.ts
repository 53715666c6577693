import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors';
import { readUtf8 } from '../../files/textFile';
import { openModel, runOptions } from '../openModel';
import { layerList, wholeList } from '../options';
import { cancelOnInterrupt, Progress } from '../terminal';

/** `doubletake activations`: resid_post of every token of a text, as safetensors. */
export function activationsCommand(program: Command): void {
  const command = runOptions(program.command('activations'));
  command
    .description('write resid_post.L [T,d], token_ids [T] and, if wanted, logits [T,V] of a text')
    .requiredOption('--model <dir>', 'Hugging Face folder')
    .addOption(new Option('--text-file <file>', 'text, taken byte for byte').conflicts('ids'))
    .addOption(new Option('--ids <ids>', 'token ids, separated by commas').argParser(wholeList))
    .option('--layers <layers>', '"all" or layers separated by commas', layerList, 'all')
    .option('--logits', 'write the logits as well', false)
    .requiredOption('--out <file>', 'safetensors file to write')
    .action(async ({ model: folder, textFile, ids: given, layers: wanted, logits, out, ...run }) => {
      if (textFile === undefined && given === undefined)
        command.error('Give a text with --text-file or token ids with --ids.');
      const model = openModel(folder, run);
      try {
        const ids: number[] = given ?? model.rawIds(await requireText(textFile));
        if (ids.length === 0) throw new UserError(`${textFile} gives no tokens; there is nothing to read.`);
        const all = Array.from({ length: model.identity.layers }, (_, layer) => layer);
        const layers: number[] = wanted === 'all' ? all : wanted;
        const progress = new Progress('Activations');
        const { tokens } = await (await model.pool()).call(
          'activations',
          { ids, layers, logits, out },
          { signal: cancelOnInterrupt(), onEvent: ({ done, total }) => progress.update(done, total) },
        );
        progress.finish(`${tokens} tokens × ${layers.length} layers in ${out}`);
      } finally {
        await model.close();
      }
    });
}

/** A text file that must hold something. */
export async function requireText(path: string): Promise<string> {
  const text = await readUtf8(path);
  if (text === '') throw new UserError(`${path} is empty; write the text into it first.`);
  return text;
}
