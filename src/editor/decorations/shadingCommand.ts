import * as vscode from 'vscode';
import { activeRollout } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import type { ModelPair } from '../models/modelPair';
import type { ShadeKind } from '../rollout/shadeScale';
import type { SteeringSet } from '../steering/steeringSet';
import type { Shading } from './shading';

type Choice = ShadeKind | 'nothing';

const CHOICES: { label: string; detail: string; choice: Choice }[] = [
  { label: 'Nothing', detail: 'Windows and backtracking starts only', choice: 'nothing' },
  {
    label: 'Projection on the active vector',
    detail: 'How far each token’s residual points along the vector, about the mean of the response (Fig. 6)',
    choice: 'projection',
  },
  {
    label: 'Surprisal',
    detail: 'How little the reasoning model expected each token, in bits',
    choice: 'surprisal',
  },
  {
    label: 'KL divergence: KL(reasoning ‖ base)',
    detail: 'Where fine-tuning changed the prediction of the token, in bits; runs both models',
    choice: 'divergence',
  },
];

/** The command that shades tokens; a key binding may name what by (`nothing`, `projection`, `surprisal`, `divergence`). */
export function shadingCommand(
  documents: RolloutDocuments,
  shading: Shading,
  pair: ModelPair,
  set: SteeringSet,
): Commands {
  return {
    [COMMANDS.shadeTokens]: async argument => {
      const { rollout } = await activeRollout(documents);
      const named = CHOICES.find(({ choice }) => choice === argument)?.choice;
      const choice = named ?? (await pick(shading.kind ?? 'nothing'));
      if (choice === undefined) return;
      if (choice === 'projection') {
        const model = await pair.use('reasoning');
        if (!(await set.vectorsOrAsk(model.identity))) return;
      }
      await shading.choose(choice === 'nothing' ? undefined : choice, rollout);
    },
  };
}

/** Asks; the choice of last time is the one that Enter takes. */
function pick(before: Choice): Promise<Choice | undefined> {
  const box = vscode.window.createQuickPick<(typeof CHOICES)[number]>();
  box.items = CHOICES;
  box.activeItems = CHOICES.filter(({ choice }) => choice === before);
  box.placeholder = 'Shade every token by what?';
  return new Promise<Choice | undefined>(resolve => {
    box.onDidAccept(() => {
      resolve(box.activeItems[0]?.choice);
      box.hide();
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
  }).finally(() => box.dispose());
}
