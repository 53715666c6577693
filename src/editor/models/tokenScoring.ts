import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors';
import type { TokenScoresParams } from '../../model/contract';
import { mapTokens } from '../../model/text/tokenMap';
import type { TextModel } from '../../model/textModel';
import type { TokenizerSource } from '../documents/tokenizerSource';
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import type { ShadeKind } from '../rollout/shadeScale';
import type { SteeringSet } from '../steering/steeringSet';
import type { ModelPair, Which } from './modelPair';

/** Called with the values of tokens start, start + 1, …, in order. */
export type OnValues = (start: number, values: Float32Array) => void;

/** One score made ready: the models are open, the vector is read. */
export interface Scoring {
  /** Says of what the values are: models, vector and layer. */
  key: string;
  /** Its tokens are those that are scored. */
  tokenizer: RolloutTokenizer;
  /** Tokens that can be read. */
  limit: number;
  /** Scores a text; rejects with a CancelledError once `signal` aborts. */
  read(ids: number[], signal: AbortSignal, onValues: OnValues): Promise<void>;
}

/** Scores the tokens of texts with the reasoning model, and with the base model beside it for the divergence. */
export class TokenScoring {
  private mapped: { from: TextModel; to: TextModel; map: Int32Array; common: Int32Array } | undefined;

  constructor(
    private readonly pair: ModelPair,
    private readonly set: SteeringSet,
    private readonly source: TokenizerSource,
  ) {}

  /** Whether the models that a score needs run by now. */
  ready(kind: ShadeKind): boolean {
    return needs(kind).every(which => this.pair.state(which) === 'open');
  }

  /** The models that a score would be read with now, open or not. */
  modelsKey(kind: ShadeKind): string {
    return [kind, ...needs(kind).map(which => this.pair.folder(which))].join('\n');
  }

  /** Opens what is needed. Undefined for a projection without an active vector that fits; a UserError as of `ModelPair.use`. */
  async prepare(kind: ShadeKind): Promise<Scoring | undefined> {
    const key = this.modelsKey(kind);
    const model = await this.pair.use('reasoning');
    const tokenizer = await this.source.of(model.folder);
    if (!tokenizer) throw new UserError(`The tokenizer of ${model.folder} cannot be opened: see the log`);
    const scoring = (params: Omit<TokenScoresParams, 'ids'>, more?: string): Scoring => ({
      key: more === undefined ? key : `${key}\n${more}`,
      tokenizer,
      limit: model.maxPositions,
      read: (ids, signal, onValues) => read(model, { ids, ...params }, signal, onValues),
    });
    if (kind === 'surprisal') return scoring({ surprisal: true });
    if (kind === 'projection') {
      const active = this.set.activeFor(model.identity);
      if (!active) return undefined;
      const { path, layer, vector } = active;
      return scoring({ projection: { layer, direction: vector } }, `${path}\n${layer}\n${hashOf(vector)}`);
    }
    const base = await this.pair.use('base');
    const { map, common } = this.mapBetween(model, base);
    return {
      ...scoring({}),
      limit: Math.min(model.maxPositions, base.maxPositions),
      read: (ids, signal, onValues) => {
        const divergence = { folder: base.folder, baseIds: ids.map(id => map[id]), common };
        return read(model, { ids, divergence }, signal, onValues);
      },
    };
  }

  private mapBetween(from: TextModel, to: TextModel) {
    if (this.mapped?.from !== from || this.mapped.to !== to) {
      const map = mapTokens(from.tokenizer, to.tokenizer);
      // A mark that the base model lacks is fed as another token; as a prediction it has no counterpart.
      this.mapped = { from, to, map, common: map.filter((other, id) => other === id) };
    }
    return this.mapped;
  }
}

/** A file may hold another vector than before under the same name. */
function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

function needs(kind: ShadeKind): Which[] {
  return kind === 'divergence' ? ['reasoning', 'base'] : ['reasoning'];
}

async function read(
  model: TextModel,
  params: TokenScoresParams,
  signal: AbortSignal,
  onValues: OnValues,
): Promise<void> {
  const pool = await model.pool();
  await pool.call('tokenScores', params, { signal, onEvent: ({ start, values }) => onValues(start, values) });
}
