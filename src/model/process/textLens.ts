import { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { logSumExp, surprisalBits } from '../../core/softmax';
import { throwIfCancelled } from '../../rpc/answerer';
import type { LensAtParams, LensAtResult } from '../contract';
import { PLAIN_GRAPH } from '../graph/decoder';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';

// A cancellation is seen after each piece.
const PIECE_TOKENS = 128;

/**
 * The text that a person is reading, kept in the KV cache: the logit lens of a token costs one decode step once its
 * prefix has been read, and an edit costs only what comes after it.
 */
export class TextLens {
  private cached: number[] = [];
  private decoder: Decoder | undefined;

  constructor(private readonly model: LoadedModel) {}

  /** Logit lens at every layer of one token, its surprisal, and its projections on a direction. */
  async at(params: LensAtParams, signal: AbortSignal): Promise<LensAtResult> {
    const { ids, position } = params;
    const { config } = this.model;
    if (!(Number.isInteger(position) && position >= 0 && position < ids.length)) {
      throw new UserError(`There is no token ${position}: the text has ${ids.length} tokens.`);
    }
    if (position >= config.maxPositions) {
      throw new UserError(`Token ${position} lies beyond the model's ${config.maxPositions} positions.`);
    }
    // The token before is run again with it: its logits say how surprising the token is.
    const first = Math.max(0, position - 1);
    await this.readUpTo(ids, first, signal);
    const outputs = await this.run(ids, first, position + 1);
    this.cached = ids.slice(0, position + 1);
    const d = config.dModel;
    const residuals = new Float32Array(config.layers * d);
    for (let layer = 0; layer < config.layers; layer++) {
      const h = outputs[`resid_post.${layer}`].data as Float32Array;
      residuals.set(h.subarray((position - first) * d, (position - first + 1) * d), layer * d);
    }
    const lens = await this.model.lens(true);
    const inputs = { residuals: new Tensor('float32', residuals, [config.layers, d]) };
    const { logits } = await this.model.run(lens, inputs, { logits: null });
    const v = config.vocabulary;
    const rows = Array.from({ length: config.layers }, (_, layer) =>
      (logits.data as Float32Array).subarray(layer * v, (layer + 1) * v),
    );
    const before = (outputs.logits.data as Float32Array).subarray(0, v);
    return {
      layers: rows.map(row => mostLikely(row, params.topK)),
      surprisal: position > 0 ? surprisalBits(before, ids[position]) : null,
      projections: params.direction ? project(residuals, params.direction) : null,
    };
  }

  /** Fills the cache with the first `end` tokens; what it shares with the text read before is kept. */
  private async readUpTo(ids: number[], end: number, signal: AbortSignal): Promise<void> {
    let same = 0;
    while (same < Math.min(end, this.cached.length) && this.cached[same] === ids[same]) same++;
    const piece = Math.min(PIECE_TOKENS, this.model.longestPiece);
    for (let start = same; start < end; start += piece) {
      throwIfCancelled(signal);
      const stop = Math.min(start + piece, end);
      await this.run(ids, start, stop);
      this.cached = ids.slice(0, stop);
    }
  }

  private async run(ids: number[], start: number, stop: number): Promise<Record<string, Tensor>> {
    const { config } = this.model;
    const layers = Array.from({ length: config.layers }, (_, layer) => layer);
    if (!this.decoder) {
      const cache = new KvCache(config, config.layers, 1, Math.min(1024, config.maxPositions));
      const spec = { ...PLAIN_GRAPH, blocks: config.layers, residuals: layers, logits: true };
      this.decoder = await Decoder.create(this.model, spec, cache, this.model.small);
    }
    const { cache } = this.decoder;
    if (stop > cache.capacity) cache.grow(Math.min(Math.max(stop, cache.capacity * 2), config.maxPositions));
    return this.decoder.run({
      firstRow: 0,
      batch: 1,
      tokens: stop - start,
      ids: Int32Array.from(ids.slice(start, stop)),
      lengths: Int32Array.of(stop - 1),
      rows: Int32Array.of(0),
    });
  }
}

function mostLikely(logits: Float32Array, count: number): { ids: number[]; probabilities: number[] } {
  const total = logSumExp(logits);
  const ids = Array.from(logits.keys())
    .sort((a, b) => logits[b] - logits[a])
    .slice(0, count);
  return { ids, probabilities: ids.map(id => Math.exp(logits[id] - total)) };
}

/** Dot products of residuals [L·d] with a direction [d]. */
function project(residuals: Float32Array, direction: Float32Array): number[] {
  const d = direction.length;
  return Array.from({ length: residuals.length / d }, (_, layer) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += residuals[layer * d + i] * direction[i];
    return sum;
  });
}
