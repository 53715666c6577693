import type { Display } from '../decorations/display';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import { withCancel } from '../progress';
import type { Completions } from '../steering/completions';
import { Steer } from '../steering/steer';
import type { SteeringSet } from '../steering/steeringSet';
import { computeVector } from './computeVector';
import type { ModelPair } from './modelPair';

/** The commands that run a model. */
export function modelCommands(
  documents: RolloutDocuments,
  display: Display,
  pair: ModelPair,
  set: SteeringSet,
  completions: Completions,
): Commands {
  const steer = new Steer(documents, pair, set, completions);
  return {
    [COMMANDS.compareSteered]: () => steer.compare(),
    [COMMANDS.computeVector]: () => computeVector(documents, display, pair, set),
    [COMMANDS.openModel]: () =>
      withCancel('Opening the reasoning model', async () => {
        await pair.use('reasoning');
      }),
  };
}
