import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import { withCancel } from '../progress';
import type { ModelPair } from './modelPair';

/** The commands that open models. */
export function modelCommands(pair: ModelPair): Commands {
  return {
    [COMMANDS.openModel]: () =>
      withCancel('Opening the reasoning model', async () => {
        await pair.use('reasoning');
      }),
  };
}
