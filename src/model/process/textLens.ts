import type { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { type CallContext, throwIfCancelled } from '../../rpc/answerer';
import type { LensGridParams, LensGridResult } from '../contract';
import { PLAIN_GRAPH } from '../graph/decoder';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import { LensGrid } from './lensGrid';
import type { LoadedModel } from './loadedModel';
import { requireTokenIds } from './tokenIds';

// A cancellation is seen after each piece; the residuals of a piece, all layers, take this much memory at most.
const PIECE_TOKENS = 128;
const PIECE_BYTES = 32 << 20;

type Context = CallContext<{ done: number; total: number }>;

/**
 * The text that a person is reading, kept in the KV cache: the logit lens of a token costs one decode step once its
 * prefix has been read, and an edit costs only what comes after it.
 */
export class TextLens {
  /** The tokens whose keys and values are in the cache. */
  private cached: Int32Array = new Int32Array(0);
  private decoder: Decoder | undefined;

  constructor(private readonly model: LoadedModel) {}

  /** Logit lens of positions [from, to) at every layer, their surprisals, and their projections on a direction. */
  async grid(params: LensGridParams, context: Context): Promise<LensGridResult> {
    const { ids, from, to } = params;
    const { config } = this.model;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= ids.length)) {
      const named = to - from === 1 ? `token ${from}` : `stretch of tokens ${from} to ${to - 1}`;
      throw new UserError(`There is no ${named}: the text has ${ids.length} tokens.`);
    }
    if (to > config.maxPositions) {
      throw new UserError(`Token ${to - 1} lies beyond the model's ${config.maxPositions} positions.`);
    }
    requireTokenIds(ids, config.vocabulary);
    const grid = new LensGrid(this.model, params);
    // The token before is run again with the stretch: its logits say how surprising the first one is.
    const first = Math.max(0, from - 1);
    const start = Math.min(this.shared(ids), first);
    const report = (done: number) => context.emit({ done: done - start, total: to - start });
    const piece = Math.min(
      PIECE_TOKENS,
      this.model.longestPiece,
      Math.max(1, Math.floor(PIECE_BYTES / (4 * config.dModel * config.layers))),
    );
    for (let at = start; at < to; ) {
      throwIfCancelled(context.signal);
      // What only fills the cache and what is looked at are pieces of their own.
      const stop = Math.min(at + piece, at < first ? first : to);
      const outputs = await this.read(ids, at, stop);
      if (at >= first) await grid.add(at, stop, outputs, context.signal, report);
      report(stop);
      at = stop;
    }
    return grid.result();
  }

  /** How many of the first tokens the cache has already. */
  private shared(ids: Int32Array): number {
    const most = Math.min(ids.length, this.cached.length);
    let same = 0;
    while (same < most && this.cached[same] === ids[same]) same++;
    return same;
  }

  /** Runs tokens [start, stop), which the cache has up to `start`; what it has beyond `stop` of the same text stays. */
  private async read(ids: Int32Array, start: number, stop: number): Promise<Record<string, Tensor>> {
    const known = this.shared(ids) >= stop;
    if (!known) this.cached = ids.subarray(0, start);
    const outputs = await this.run(ids, start, stop);
    if (!known) this.cached = ids.subarray(0, stop);
    return outputs;
  }

  private async run(ids: Int32Array, start: number, stop: number): Promise<Record<string, Tensor>> {
    const { config } = this.model;
    if (!this.decoder) {
      const cache = new KvCache(config, config.layers, 1, Math.min(1024, config.maxPositions));
      const layers = Array.from({ length: config.layers }, (_, layer) => layer);
      const spec = { ...PLAIN_GRAPH, blocks: config.layers, residuals: layers };
      this.decoder = await Decoder.create(this.model, spec, cache, this.model.small);
    }
    const { cache } = this.decoder;
    if (stop > cache.capacity) cache.grow(Math.min(Math.max(stop, cache.capacity * 2), config.maxPositions));
    return this.decoder.run({
      firstRow: 0,
      batch: 1,
      tokens: stop - start,
      ids: ids.slice(start, stop),
      lengths: Int32Array.of(stop - 1),
    });
  }
}
