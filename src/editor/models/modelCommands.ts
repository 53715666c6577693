import type { Display } from '../display';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelCommands';
import type { RolloutDocuments } from '../rolloutDocuments';
import type { VectorChoice } from './activeVector';
import type { Completions } from './completions';
import { computeVector } from './computeVector';
import type { ModelPair } from './modelPair';
import { Steer, withCancel } from './steer';

/** The commands that run a model. */
export function modelCommands(
  documents: RolloutDocuments,
  display: Display,
  pair: ModelPair,
  vectors: VectorChoice,
  completions: Completions,
): Commands {
  const steer = new Steer(documents, pair, vectors, completions);
  return {
    [COMMANDS.compareSteered]: () => steer.compare(),
    [COMMANDS.computeVector]: () => computeVector(documents, display, pair, vectors),
    [COMMANDS.openModel]: () =>
      withCancel('Opening the reasoning model', async () => {
        await pair.use('reasoning');
      }),
  };
}
