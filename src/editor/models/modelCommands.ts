import type * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import { checkModel } from './checkModel';
import type { CheckReports } from './checkReport';
import { chooseProvider } from './chooseProvider';
import { type ModelPair, WHICH, type Which } from './modelPair';
import { type OpenRequest, openModel, pickModel } from './openModel';

/** The commands about models themselves. `runtime` is the folder of onnxruntime-node. */
export function modelCommands(
  pair: ModelPair,
  reports: CheckReports,
  memory: vscode.Memento,
  runtime: string,
): Commands {
  return {
    [COMMANDS.openModel]: request => openModel(pair, memory, (request ?? {}) as OpenRequest),
    [COMMANDS.checkModel]: async request => {
      const which = named(request) ?? (await pickModel(pair, 'Which model should be checked?'));
      return which && checkModel(pair, reports, which);
    },
    [COMMANDS.closeModel]: async request => {
      const open = WHICH.filter(which => pair.state(which) !== 'closed');
      if (open.length === 0) throw new UserError('No model is open');
      const only = open.length === 1 ? open[0] : undefined;
      const which = named(request) ?? only ?? (await pickModel(pair, 'Close which model?', open));
      if (which) await pair.close(which);
    },
    [COMMANDS.chooseProvider]: () => chooseProvider(pair, runtime),
  };
}

/** The model that a link, a tree's row or a test names. */
const named = (request: unknown) => (request as { which?: Which } | null | undefined)?.which;
