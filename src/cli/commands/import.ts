import type { Command } from 'commander';
import { importFile, importReportName } from '../../files/importFile';

/** `doubletake import`: rollouts and labels of others. */
export function importCommand(program: Command): void {
  program
    .command('import')
    .argument('<file>', "Venhoff's .json, or .jsonl of {prompt, response[, labels]}")
    .description('bring in rollouts and labels; what cannot be placed in the text is listed')
    .requiredOption('--out <folder>', 'folder to write to')
    .action(async (file, { out }) => {
      const { rollouts, parts, placed } = await importFile(file, out);
      process.stdout.write(`${rollouts} rollouts in ${out}\n`);
      if (parts > 0) {
        const share = ((100 * placed) / parts).toFixed(2);
        process.stdout.write(
          `${placed} of ${parts} labelled parts placed (${share} %)${placed < parts ? `; the others are listed in ${out}/${importReportName(file)}` : ''}\n`,
        );
      }
    });
}
