import { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { klBits, surprisalBits } from '../../core/softmax';
import { norm, scale } from '../../core/vectorAlgebra';
import type { CallContext } from '../../rpc/answerer';
import { firstNonFinite } from '../checkpoint/finite';
import type { TokenScoresEvent, TokenScoresParams } from '../contract';
import { LoadedModel } from './loadedModel';
import { type Piece, TextReader } from './texts';

// Logits of a piece take 64 MB at 128,000 ids, twice that with a base model; a person sees the first values sooner.
const PIECE_TOKENS = 128;

/** Reads texts token by token for their scores; the base model that a divergence asks for stays open for the next text. */
export class TokenScorer {
  private base: LoadedModel | undefined;

  constructor(private readonly model: LoadedModel) {}

  /** Reports the scores piece by piece; runs no block and no unembedding that they do not need. */
  async read(
    params: TokenScoresParams,
    { signal, emit }: CallContext<TokenScoresEvent>,
  ): Promise<{ tokens: number }> {
    const { ids, surprisal, projection, divergence } = params;
    if (!surprisal && !projection && !divergence) throw new UserError('No score of the tokens is asked for.');
    if (divergence && divergence.baseIds.length !== ids.length) {
      throw new UserError(
        `The base model is fed ${divergence.baseIds.length} tokens and the reasoning model ${ids.length}: one is needed for each.`,
      );
    }
    const logits = surprisal || divergence !== undefined;
    const project = projection ? [projection.layer] : [];
    const reader = await TextReader.create(this.model, { logits, project }, ids.length, PIECE_TOKENS);
    const directions = projection && { directions: this.direction(projection.direction) };
    const base = divergence && (await this.baseModel(divergence));
    // The same pieces, whatever the model's provider allows.
    const baseReader =
      base && (await TextReader.create(base, { logits: true }, ids.length, reader.pieceTokens));
    const basePieces = baseReader?.read(divergence!.baseIds, signal);
    for await (const piece of reader.read(ids, signal, directions && (() => directions))) {
      const { start, outputs } = piece;
      if (projection) {
        const values = outputs[`projection.${projection.layer}`].data as Float32Array;
        if (firstNonFinite(values) >= 0) this.model.explainNonFinite();
        emit({ score: 'projection', start, values });
      }
      if (surprisal) {
        const values = this.predictions(piece, ids, (logits, t) => surprisalBits(logits, ids[t]));
        emit({ score: 'surprisal', start: start + 1, values });
      }
      if (base && basePieces) {
        const other = rowsOf((await basePieces.next()).value as Piece, base);
        const { common } = divergence!;
        const values = this.predictions(piece, ids, (logits, t) =>
          klBits(logits, other(t - 1 - start), common),
        );
        emit({ score: 'divergence', start: start + 1, values });
      }
    }
    return { tokens: ids.length };
  }

  /** Frees the base model. */
  async close(): Promise<void> {
    await this.base?.close();
    this.base = undefined;
  }

  /** One value for each token that the piece's logits predict: those after its first, and the first of the next piece. */
  private predictions(
    piece: Piece,
    ids: number[],
    score: (logits: Float32Array, position: number) => number,
  ): Float32Array {
    const { start, tokens } = piece;
    const logits = rowsOf(piece, this.model);
    const count = Math.min(tokens, ids.length - 1 - start);
    const values = Float32Array.from({ length: count }, (_, i) => score(logits(i), start + 1 + i));
    if (firstNonFinite(values) >= 0) this.model.explainNonFinite();
    return values;
  }

  /** [d,1], of length 1. */
  private direction(v: Float32Array): Tensor {
    const { dModel } = this.model.config;
    if (v.length !== dModel) {
      throw new UserError(`The vector has ${v.length} numbers where the residual stream has ${dModel}.`);
    }
    const length = norm(v);
    if (!(length > 0)) throw new UserError('Nothing can be projected on a zero vector.');
    return new Tensor('float32', scale(v, 1 / length), [dModel, 1]);
  }

  private async baseModel({
    folder,
    common,
  }: NonNullable<TokenScoresParams['divergence']>): Promise<LoadedModel> {
    if (this.base?.folder !== folder) {
      await this.close();
      // On the CPU, which needs no trial; a GPU that the reasoning model passed may have no room for this one.
      this.base = await LoadedModel.open({ folder });
    }
    const vocabulary = Math.min(this.model.config.vocabulary, this.base.config.vocabulary);
    const bad = common.find(id => !(id >= 0 && id < vocabulary));
    if (bad !== undefined || common.length === 0) {
      throw new UserError(
        bad === undefined
          ? 'The two models share no token.'
          : `Token id ${bad} is not in both models: they share ids 0 to ${vocabulary - 1} at most.`,
      );
    }
    return this.base;
  }
}

/** The logits [V] of each token of a piece. */
function rowsOf({ outputs }: Piece, { config }: LoadedModel): (token: number) => Float32Array {
  const logits = outputs.logits.data as Float32Array;
  return token => logits.subarray(token * config.vocabulary, (token + 1) * config.vocabulary);
}
