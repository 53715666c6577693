import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { formatRollout } from '../../core/rollout';
import type { GenerateEvent } from '../../model/contract';
import { samplingDefaults } from '../../model/samplingDefaults';
import type { TextModel } from '../../model/textModel';
import { activeRollout, cursorOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { ModelPair } from '../models/modelPair';
import { withCancel } from '../progress';
import type { Completions } from './completions';
import type { SteeringSet, SteeringVector } from './steeringSet';

const DEFAULT_STRENGTH = '4';

/**
 * Continues the rollout from the cursor twice with one seed, unsteered on the left and steered on the right of a diff
 * editor, both streaming. A cursor in the prompt starts the response anew.
 */
export class Steer {
  private strength = DEFAULT_STRENGTH;

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly pair: ModelPair,
    private readonly set: SteeringSet,
    private readonly completions: Completions,
  ) {}

  /** The command: asks for a vector and a strength, then streams. */
  async compare(): Promise<void> {
    const { editor, rollout } = await activeRollout(this.documents);
    const { rollout: parsed } = rollout;
    if (!parsed) throw new UserError(rollout.problem ?? 'This file is not a rollout');
    const kept = parsed.response.slice(0, Math.max(0, cursorOf(editor) - parsed.responseStart));
    const model = await this.pair.use('reasoning');
    const vectors = await this.set.vectorsOrAsk(model.identity);
    if (!vectors) return;
    const strength = await this.askStrength();
    if (strength === undefined) return;
    const text = formatRollout({ prompt: parsed.prompt, response: kept });
    const left = this.completions.begin('unsteered', text);
    const right = this.completions.begin(`strength ${strength}`, text);
    await vscode.commands.executeCommand(
      'vscode.diff',
      left.uri,
      right.uri,
      `Unsteered ↔ strength ${strength}`,
    );
    const { ids } = model.rolloutTokens({ prompt: parsed.prompt, response: kept });
    await this.stream(model, ids, vectors, strength, [left.append, right.append]);
  }

  private async askStrength(): Promise<number | undefined> {
    const typed = await vscode.window.showInputBox({
      title: 'Steering strength',
      prompt: 'Multiplies the vector at every token; negative steers away',
      value: this.strength,
      validateInput: value =>
        value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : 'A number, such as 4 or -2.5',
    });
    if (typed === undefined) return undefined;
    this.strength = typed;
    return Number(typed);
  }

  private async stream(
    model: TextModel,
    ids: number[],
    vectors: SteeringVector[],
    strength: number,
    append: ((text: string) => void)[],
  ): Promise<void> {
    const { maxTokens, ...sampling } = samplingDefaults(model.folder, {});
    const decoders = append.map(() => model.tokenizer.streamDecoder({ skipSpecialTokens: true }));
    const onEvent = (event: GenerateEvent) => {
      if (event.kind === 'tokens')
        for (const [i, row] of event.rows.entries()) append[row](decoders[row].push(event.ids[i]));
      else append[event.row](decoders[event.row].flush());
    };
    const seed = Math.floor(Math.random() * 2 ** 31);
    const interventions = vectors.map(({ layer, weight }, vector) => ({
      layer,
      vector,
      strength: strength * weight,
    }));
    const rows = [
      { ids, seed },
      { ids, seed, interventions },
    ];
    await withCancel(`Steering ${model.identity.name}`, async signal => {
      const pool = await model.pool();
      await pool.generate(
        {
          rows,
          vectors: vectors.map(({ vector }) => vector),
          sampling,
          maxTokens,
          stop: model.stop,
          stream: true,
        },
        { signal, onEvent },
      );
    });
  }
}
