import type { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { throwIfCancelled } from '../../rpc/answerer';
import { type GraphSpec, PLAIN_GRAPH } from '../graph/decoder';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';
import { requireTokenIds } from './tokenIds';

// Pieces of 256 tokens through the KV cache are a quarter faster than one pass at 1,024 tokens and equal to 1e-6.
const PIECE_TOKENS = 256;

/** One piece of a text: its first position, its tokens and what the graph gave for them. */
export interface Piece {
  start: number;
  tokens: number;
  outputs: Record<string, Tensor>;
}

/** Reads texts through one graph, one text at a time, in pieces, so that long ones can be cancelled and report progress. */
export class TextReader {
  private constructor(
    private readonly model: LoadedModel,
    private readonly decoder: Decoder,
    private readonly spec: GraphSpec,
    /** Tokens of a piece; the last one of a text may have fewer. */
    readonly pieceTokens: number,
  ) {}

  /** A reader whose graph runs the blocks that `spec` needs and no more. */
  static async create(
    model: LoadedModel,
    wanted: Partial<GraphSpec>,
    longest: number,
    pieceTokens = PIECE_TOKENS,
  ): Promise<TextReader> {
    const { config } = model;
    const layers = [...(wanted.residuals ?? []), ...(wanted.pool ?? []), ...(wanted.project ?? [])];
    for (const layer of layers) {
      if (!(Number.isInteger(layer) && layer >= 0 && layer < config.layers)) {
        throw new UserError(`Layer ${layer} does not exist: the model has layers 0 to ${config.layers - 1}.`);
      }
    }
    if (longest > config.maxPositions) {
      throw new UserError(
        `A text of ${longest} tokens is longer than the model's ${config.maxPositions} positions.`,
      );
    }
    const blocks = wanted.logits ? config.layers : Math.max(...layers) + 1;
    const spec = { ...PLAIN_GRAPH, ...wanted, blocks };
    const cache = new KvCache(config, blocks, 1, longest);
    const decoder = await Decoder.create(model, spec, cache, model.small);
    return new TextReader(model, decoder, spec, Math.min(pieceTokens, model.longestPiece));
  }

  /** The pieces of one text, in order. `inputs` gives a piece's further inputs. */
  async *read(
    ids: number[],
    signal: AbortSignal,
    inputs?: (start: number, tokens: number) => Record<string, Tensor>,
  ): AsyncGenerator<Piece> {
    requireTokenIds(ids, this.model.config.vocabulary);
    for (let start = 0; start < ids.length; start += this.pieceTokens) {
      throwIfCancelled(signal);
      const piece = Int32Array.from(ids.slice(start, start + this.pieceTokens));
      const outputs = await this.decoder.run({
        firstRow: 0,
        batch: 1,
        tokens: piece.length,
        ids: piece,
        lengths: Int32Array.of(start + piece.length - 1),
        rows: this.spec.logits ? piece.map((_, t) => t) : undefined,
        inputs: inputs?.(start, piece.length),
      });
      yield { start, tokens: piece.length, outputs };
    }
  }
}
