import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { GraphSpec } from '../graph/decoder';
import type { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';

/** One call of the graph: rows [firstRow, firstRow + B) of the cache take T tokens each. */
export interface Step {
  firstRow: number;
  batch: number;
  tokens: number;
  /** int32 [B·T], rows of a prompt padded on the right. */
  ids: Int32Array;
  /** int32 [B]: keys the row will have after the step, minus one. */
  lengths: Int32Array;
  /** Flattened positions b·T + t whose logits are wanted; only for graphs with logits. */
  rows?: Int32Array;
  /** Steering inputs by graph name. */
  steering?: Record<string, Tensor>;
  /** Other inputs by graph name. */
  inputs?: Record<string, Tensor>;
}

/**
 * A decode step whose tensors are kept: `ids` and `lengths` are written anew before each run, and each run overwrites the
 * logits [batch·V] of the one before. Ends with its batch and its cache's capacity.
 */
export interface RepeatedStep {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  run(): Promise<Float32Array>;
}

/** Runs one graph over one KV cache. */
export class Decoder {
  private constructor(
    private readonly model: LoadedModel,
    private readonly session: InferenceSession,
    readonly cache: KvCache,
    private readonly spec: GraphSpec,
  ) {}

  static async create(
    model: LoadedModel,
    spec: GraphSpec,
    cache: KvCache,
    prepack: boolean,
  ): Promise<Decoder> {
    return new Decoder(model, await model.decoder(spec, prepack), cache, spec);
  }

  /** Runs a step; the result holds what the graph's spec names (`logits`, `resid_post.L`, `pool.L` …). */
  run(step: Step): Promise<Record<string, Tensor>> {
    const { feeds, fetches } = this.tensors(step);
    return this.model.run(this.session, feeds, fetches);
  }

  /** A step of one token for each of the first `batch` rows, to be run again and again; needs a graph with logits. */
  repeated(batch: number, steering: Record<string, Tensor>): RepeatedStep {
    const ids = new Int32Array(batch);
    const lengths = new Int32Array(batch);
    const rows = Int32Array.from(ids, (_, b) => b);
    const { feeds, fetches } = this.tensors({ firstRow: 0, batch, tokens: 1, ids, lengths, rows, steering });
    const { vocabulary } = this.model.config;
    const logits = new Float32Array(batch * vocabulary);
    fetches.logits = new Tensor('float32', logits, [batch, vocabulary]);
    const total = feeds.total.data as Int32Array;
    const run = async () => {
      total[0] = lengths.reduce((a, b) => Math.max(a, b), 0) + 1;
      await this.model.run(this.session, feeds, fetches);
      return logits;
    };
    return { ids, lengths, run };
  }

  private tensors(step: Step): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> } {
    const total = step.lengths.reduce((a, b) => Math.max(a, b), 0) + 1;
    const { cos, sin } = this.model.ropeTensors(Math.max(total, this.cache.capacity));
    const { batch, tokens } = step;
    const feeds: Record<string, Tensor> = {
      ...this.cache.past(step.firstRow, batch),
      ...step.steering,
      ...step.inputs,
      ids: new Tensor('int32', step.ids, [batch, tokens]),
      lengths: new Tensor('int32', step.lengths, [batch]),
      total: new Tensor('int32', Int32Array.of(total), [1]),
      cos,
      sin,
    };
    const fetches: Record<string, Tensor | null> = { ...this.cache.present(step.firstRow, batch) };
    if (this.spec.logits) {
      const rows = step.rows ?? new Int32Array(0);
      feeds.rows = new Tensor('int32', rows, [rows.length]);
      fetches.logits = null;
    }
    for (const layer of this.spec.residuals) fetches[`resid_post.${layer}`] = null;
    for (const layer of this.spec.project) fetches[`projection.${layer}`] = null;
    for (const layer of this.spec.pool) {
      fetches[`pool.${layer}`] = null;
      fetches[`total.${layer}`] = null;
    }
    return { feeds, fetches };
  }
}
