import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { activationsCommand } from './commands/activations';
import { checkCommand } from './commands/check';
import { demoCommand } from './commands/demo';
import { generateCommand } from './commands/generate';
import { importCommand } from './commands/import';
import { labelCommand } from './commands/label';
import { reproduceCommand } from './commands/reproduce';
import { rolloutsCommand } from './commands/rollouts';
import { vectorCommand } from './commands/vector';
import { fail } from './terminal';

const program = new Command('doubletake')
  .description('See where a reasoning model changes its mind: rollouts, steering vectors and their effects')
  .version(version)
  .option('--verbose', 'print the stack of an error', false)
  .exitOverride()
  .showHelpAfterError(false)
  .showSuggestionAfterError(false);

for (const add of [
  checkCommand,
  activationsCommand,
  generateCommand,
  rolloutsCommand,
  labelCommand,
  importCommand,
  vectorCommand,
  reproduceCommand,
  demoCommand,
]) {
  add(program);
}
for (const command of program.commands) {
  command
    .showSuggestionAfterError(false)
    .exitOverride()
    .option('--verbose', 'print the stack of an error', false);
}

// A reader that has seen enough (| head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

program.parseAsync().catch(error => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else fail(error, process.argv.includes('--verbose'));
});
