import type { GenerateEvent } from '../../model/contract';
import type { TextModel } from '../../model/textModel';
import { type CompletionMeasures, measureCompletion } from './completionMeasures';
import type { SteeringVector } from './steeringSet';
import type { SteeringStart } from './steeringStart';

/** What goes on from a start, and with what: the strength multiplies each vector's weight. */
export interface SteeredRequest {
  model: TextModel;
  start: SteeringStart;
  vectors: readonly SteeringVector[];
  rows: readonly { strength: number; seed: number }[];
}

/** One row as far as it has come; what came stays when the run is cancelled or its process ends. */
export class RowState {
  text = '';
  tokens = 0;
  /** Undefined while it runs, and for good if it was cut off. */
  finish: 'stop' | 'length' | undefined;
  private measured: CompletionMeasures | undefined;

  /** Measures of the text so far; a long one is measured anew only when a twentieth has been added. */
  get measures(): CompletionMeasures {
    const known = this.measured;
    const grown = this.tokens - (known?.tokens ?? 0);
    const stale = !known || grown > this.tokens / 20 || (this.finish !== undefined && grown > 0);
    if (stale) this.measured = measureCompletion(this.text, this.tokens);
    return { ...this.measured!, tokens: this.tokens };
  }
}

/** The rows of a request before they run. */
export const rowStates = ({ rows }: SteeredRequest) => rows.map(() => new RowState());

/** Draws all rows in one batch into `states`; `onText` is told what was added. Rejects if cancelled or if the process ends. */
export async function runSteered(
  { model, start, vectors, rows }: SteeredRequest,
  states: readonly RowState[],
  signal: AbortSignal,
  onText: (row: number, added: string) => void,
): Promise<void> {
  const decoders = rows.map(() => model.tokenizer.streamDecoder({ skipSpecialTokens: true }));
  const add = (row: number, text: string) => {
    states[row].text += text;
    onText(row, text);
  };
  const onEvent = (event: GenerateEvent) => {
    if (signal.aborted) return;
    if (event.kind === 'finished') {
      states[event.row].finish = event.result.finishReason;
      return add(event.row, decoders[event.row].flush());
    }
    for (const [i, row] of event.rows.entries()) {
      states[row].tokens++;
      add(row, decoders[row].push(event.ids[i]));
    }
  };
  const pool = await model.pool();
  await pool.generate(
    {
      rows: rows.map(({ strength, seed }) => ({
        ids: start.ids,
        seed,
        interventions:
          strength === 0
            ? undefined
            : vectors.map(({ layer, weight }, vector) => ({ layer, vector, strength: strength * weight })),
      })),
      vectors: vectors.map(({ vector }) => vector),
      sampling: start.sampling,
      maxTokens: start.maxTokens,
      stop: model.stop,
      stream: true,
    },
    { signal, onEvent },
  );
}

/** A seed for a person who named none. */
export const anySeed = () => Math.floor(Math.random() * 2 ** 31);

/** Why a row ended, for a person; undefined while it runs. */
export function endOf({ finish }: RowState, { limit }: SteeringStart): string | undefined {
  return finish === 'length' ? limit : finish === 'stop' ? 'ended' : undefined;
}
