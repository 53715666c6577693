import { type Command, Option } from 'commander';
import { labelFolder } from '../../study/labelFolder';
import { Progress } from '../terminal';

/** `doubletake label`: labels for the sentences of a folder's rollouts. */
export function labelCommand(program: Command): void {
  program
    .command('label')
    .argument('<folder>', 'folder of rollouts')
    .description('label the sentences of rollouts; labels that are there are kept')
    .addOption(new Option('--judge <judge>', 'who labels').choices(['keyword']).makeOptionMandatory())
    .option('--replace', 'replace the labels that are there', false)
    .action(async (folder, { replace }) => {
      const progress = new Progress('Labels');
      const summary = await labelFolder(folder, { replace, onProgress: progress.update });
      progress.finish(`${summary.sentences} sentences in ${summary.rollouts} rollouts`);
      if (summary.kept > 0)
        process.stderr.write(
          `${summary.kept} rollouts were labelled before and are kept as they are; --replace labels them anew.\n`,
        );
      for (const [label, count] of [...summary.byLabel].sort((a, b) => b[1] - a[1])) {
        process.stdout.write(`${String(count).padStart(7)}  ${label}\n`);
      }
    });
}
