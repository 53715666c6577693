import { relative, sep } from 'node:path';
import type { TensorEntry } from '../../files/safetensors';
import type { ModelConfig } from '../checkpoint/config';
import type { Weights } from '../checkpoint/weights';
import { GraphBuilder } from './onnx';

/**
 * What a decoder graph takes and gives beyond tokens and KV cache. Every use of a model is one of these over the same
 * weights; asking for less runs less.
 */
export interface GraphSpec {
  /** Blocks to run: a harvest up to layer L needs L + 1. */
  blocks: number;
  /** Layers with inputs `scale.L` [B,1,1] and `steer.L` [B,1,d]: h ← h·scale + steer after block L. */
  steer: number[];
  /** Layers whose `resid_post.L` [B,T,d] is returned, after steering. */
  residuals: number[];
  /** Layers pooled inside the graph: `pool.L` [G,O·d] and `total.L` [1,d] from inputs `pool_positions`, `pool_groups`, `pool_all`. */
  pool: number[];
  /** Layers whose projections on `directions` [d,N] are returned: `projection.L` [B,T,N]. */
  project: number[];
  /** Logits [R,V] at the flattened positions `rows` [R]. Needs every block. */
  logits: boolean;
}

/** How a provider wants its products written: FusedMatMul exists on the CPU only. */
export type LinearForm = 'fused' | 'gemm';

/** A graph with nothing asked of it. */
export const PLAIN_GRAPH: GraphSpec = {
  blocks: 0,
  steer: [],
  residuals: [],
  pool: [],
  project: [],
  logits: false,
};

/**
 * Builds the instrumented decoder. Inputs: `ids` int32 [B,T], `lengths` int32 [B] (valid keys of the row − 1), `total`
 * int32 [1] (longest row), `cos` and `sin` float32 [S,headDim/2], `past.L.key|value` float32 [B,kvHeads,S,headDim];
 * outputs `present.L.key|value` of the same shape, to be passed the same buffers so that the cache grows in place.
 */
export function buildDecoder(
  config: ModelConfig,
  weights: Weights,
  root: string,
  spec: GraphSpec,
  form: LinearForm = 'fused',
): Uint8Array {
  return new DecoderGraph(config, weights, root, spec, form).build();
}

/** Unembedding of any residuals or, without the norm, directions: `residuals` float32 [N,d] → `logits` [N,V]. */
export function buildLens(
  config: ModelConfig,
  weights: Weights,
  root: string,
  norm: boolean,
  form: LinearForm = 'fused',
): Uint8Array {
  return new DecoderGraph(config, weights, root, PLAIN_GRAPH, form).buildLens(norm);
}

/** Width of a head in the KV cache and the rotary tables (times two): the head dimension, rounded up to a multiple of 16. */
export function cacheHeadDim(config: ModelConfig): number {
  return Math.ceil(config.headDim / 16) * 16;
}

class DecoderGraph {
  private readonly g = new GraphBuilder();
  private readonly d: number;

  constructor(
    private readonly config: ModelConfig,
    private readonly weights: Weights,
    private readonly root: string,
    private readonly spec: GraphSpec,
    private readonly form: LinearForm,
  ) {
    this.d = config.dModel;
  }

  build(): Uint8Array {
    const { g, config, spec } = this;
    this.declareInputs();
    let residual = g.op('Gather', [this.weight('model.embed_tokens'), 'ids']);
    // The branch waiting to be added to the residual: the next norm's kernel adds it in the same pass.
    let branch: string | undefined;
    for (let layer = 0; layer < spec.blocks; layer++) {
      const block = `model.layers.${layer}`;
      const entering = this.addAndNorm(branch, residual, `${block}.input_layernorm`);
      if (layer > 0) this.expose(layer - 1, entering.sum);
      const attention = this.attention(layer, entering.normed);
      const middle = this.addAndNorm(attention, entering.sum, `${block}.post_attention_layernorm`);
      branch = this.feedForward(block, middle.normed);
      residual = middle.sum;
      if (spec.steer.includes(layer) || layer === spec.blocks - 1) {
        residual = g.op('Add', [branch, residual]);
        branch = undefined;
        if (spec.steer.includes(layer)) {
          residual = g.op('Mul', [residual, `scale.${layer}`]);
          branch = g.op('Expand', [`steer.${layer}`, g.op('Shape', [residual])]);
        }
      }
    }
    if (branch !== undefined) residual = g.op('Add', [residual, branch]);
    this.expose(spec.blocks - 1, residual);
    if (spec.logits) {
      const flat = g.op('Reshape', [residual, g.constant([-1, this.d])]);
      const rows = g.op('Gather', [flat, g.input('rows', 'int32', ['R'])]);
      this.unembed(this.rmsNorm(rows, 'model.norm'), 'R');
    }
    for (let layer = 0; layer < spec.blocks; layer++) {
      for (const part of ['key', 'value']) {
        g.output(`present.${layer}.${part}`, 'float32', ['B', config.kvHeads, 'S', cacheHeadDim(config)]);
      }
    }
    return g.encode();
  }

  buildLens(norm: boolean): Uint8Array {
    const residuals = this.g.input('residuals', 'float32', ['N', this.d]);
    this.unembed(norm ? this.rmsNorm(residuals, 'model.norm') : residuals, 'N');
    return this.g.encode();
  }

  private declareInputs(): void {
    const { g, config, spec } = this;
    g.input('ids', 'int32', ['B', 'T']);
    g.input('lengths', 'int32', ['B']);
    g.input('total', 'int32', [1]);
    g.input('cos', 'float32', ['P', cacheHeadDim(config) / 2]);
    g.input('sin', 'float32', ['P', cacheHeadDim(config) / 2]);
    for (let layer = 0; layer < spec.blocks; layer++) {
      for (const part of ['key', 'value']) {
        g.input(`past.${layer}.${part}`, 'float32', ['B', config.kvHeads, 'S', cacheHeadDim(config)]);
      }
    }
    for (const layer of spec.steer) {
      g.input(`scale.${layer}`, 'float32', ['B', 1, 1]);
      g.input(`steer.${layer}`, 'float32', ['B', 1, this.d]);
    }
    if (spec.pool.length) {
      g.input('pool_positions', 'int32', ['S_O']);
      g.input('pool_groups', 'float32', ['G', 'Sentences']);
      g.input('pool_all', 'float32', [1, 'B_T']);
      g.input('pool_shape', 'int64', [2]);
    }
    if (spec.project.length) g.input('directions', 'float32', [this.d, 'N']);
  }

  /** Offers what the spec asks of the residual stream after a block. */
  private expose(layer: number, residual: string): void {
    const { g, spec, d } = this;
    if (spec.residuals.includes(layer)) {
      g.op('Identity', [residual], {}, `resid_post.${layer}`);
      g.output(`resid_post.${layer}`, 'float32', ['B', 'T', d]);
    }
    if (spec.project.includes(layer)) {
      g.op('MatMul', [residual, 'directions'], {}, `projection.${layer}`);
      g.output(`projection.${layer}`, 'float32', ['B', 'T', 'N']);
    }
    if (spec.pool.includes(layer)) {
      const flat = g.op('Reshape', [residual, g.constant([-1, d])]);
      const windows = g.op('Reshape', [g.op('Gather', [flat, 'pool_positions']), 'pool_shape']);
      g.op('MatMul', ['pool_groups', windows], {}, `pool.${layer}`);
      g.output(`pool.${layer}`, 'float32', ['G', 'O_d']);
      g.op('MatMul', ['pool_all', flat], {}, `total.${layer}`);
      g.output(`total.${layer}`, 'float32', [1, d]);
    }
  }

  private addAndNorm(
    branch: string | undefined,
    residual: string,
    norm: string,
  ): { normed: string; sum: string } {
    const { g, config } = this;
    const epsilon = { float: config.normEpsilon };
    if (branch === undefined) {
      return { normed: this.rmsNorm(residual, norm), sum: residual };
    }
    const [normed, , , sum] = g.microsoft(
      'SkipSimplifiedLayerNormalization',
      [residual, branch, this.weight(norm)],
      [g.fresh('normed'), '', '', g.fresh('residual')],
      { epsilon },
    );
    return { normed, sum };
  }

  private rmsNorm(x: string, norm: string): string {
    const attributes = { epsilon: { float: this.config.normEpsilon }, axis: -1, stash_type: 1 };
    return this.g.op('SimplifiedLayerNormalization', [x, this.weight(norm)], attributes);
  }

  private attention(layer: number, x: string): string {
    const { g, config } = this;
    const name = `model.layers.${layer}.self_attn`;
    let query = this.linear(x, `${name}.q_proj`, config.qkvBias);
    let key = this.linear(x, `${name}.k_proj`, config.qkvBias);
    const value = this.linear(x, `${name}.v_proj`, config.qkvBias);
    if (config.architecture.queryKeyNorm) {
      query = this.perHeadNorm(query, config.heads, `${name}.q_norm`);
      key = this.perHeadNorm(key, config.kvHeads, `${name}.k_norm`);
    }
    const window = config.slidingWindows[layer];
    const [output] = g.microsoft(
      'GroupQueryAttention',
      [
        this.widenHeads(query, config.heads),
        this.widenHeads(key, config.kvHeads),
        this.widenHeads(value, config.kvHeads),
        `past.${layer}.key`,
        `past.${layer}.value`,
        'lengths',
        'total',
        'cos',
        'sin',
      ],
      [g.fresh('attention'), `present.${layer}.key`, `present.${layer}.value`],
      {
        num_heads: config.heads,
        kv_num_heads: config.kvHeads,
        do_rotary: 1,
        rotary_interleaved: 0,
        scale: { float: 1 / Math.sqrt(config.headDim) },
        local_window_size: window > 0 ? window : -1,
      },
    );
    return this.linear(this.narrowHeads(output), `${name}.o_proj`, config.outputBias);
  }

  /** The kernel takes heads of a multiple of 16: others get zeros behind each half, which the rotation keeps apart. */
  private widenHeads(x: string, heads: number): string {
    const { g, config } = this;
    const half = config.headDim / 2;
    const wide = cacheHeadDim(config) / 2;
    if (half === wide) return x;
    const halves = g.op('Reshape', [x, g.constant([0, 0, heads * 2, half])]);
    const padded = g.op('Pad', [halves, g.constant([0, 0, 0, 0, 0, 0, 0, wide - half])]);
    return g.op('Reshape', [padded, g.constant([0, 0, heads * 2 * wide])]);
  }

  private narrowHeads(x: string): string {
    const { g, config } = this;
    const half = config.headDim / 2;
    const wide = cacheHeadDim(config) / 2;
    if (half === wide) return x;
    const halves = g.op('Reshape', [x, g.constant([0, 0, config.heads * 2, wide])]);
    const sliced = g.op('Slice', [halves, g.constant([0]), g.constant([half]), g.constant([3])]);
    return g.op('Reshape', [sliced, g.constant([0, 0, config.heads * config.headDim])]);
  }

  private perHeadNorm(x: string, heads: number, norm: string): string {
    const { g, config } = this;
    const split = g.op('Reshape', [x, g.constant([0, 0, heads, config.headDim])]);
    return g.op('Reshape', [this.rmsNorm(split, norm), g.constant([0, 0, heads * config.headDim])]);
  }

  private feedForward(block: string, x: string): string {
    const { g, config } = this;
    const gate = this.linear(x, `${block}.mlp.gate_proj`, config.mlpBias);
    const up = this.linear(x, `${block}.mlp.up_proj`, config.mlpBias);
    const silu = g.op('Mul', [gate, g.op('Sigmoid', [gate])]);
    return this.linear(g.op('Mul', [silu, up]), `${block}.mlp.down_proj`, config.mlpBias);
  }

  private unembed(normed: string, count: string): void {
    const { g, config } = this;
    const head = config.tiedEmbeddings ? 'model.embed_tokens' : 'lm_head';
    const logits = this.product(normed, this.weight(head));
    g.op('Identity', [logits], {}, 'logits');
    g.output('logits', 'float32', [count, config.vocabulary]);
  }

  /** x·Wᵀ (+ bias) with W [out, in] as Hugging Face stores it; a Transpose would be folded into a copy of the weight. */
  private linear(x: string, name: string, bias: boolean): string {
    const { g } = this;
    const weight = this.weight(name);
    if (this.form === 'fused') {
      const product = this.product(x, weight);
      return bias ? g.op('Add', [product, this.tensor(`${name}.bias`)]) : product;
    }
    const shape = g.op('Shape', [x], { end: 2 });
    const flat = g.op('Reshape', [x, g.constant([-1, this.shapeOf(weight)[1]])]);
    const product = g.op('Gemm', bias ? [flat, weight, this.tensor(`${name}.bias`)] : [flat, weight], {
      transB: 1,
    });
    return g.op('Reshape', [
      product,
      g.op('Concat', [shape, g.constant([this.shapeOf(weight)[0]])], { axis: 0 }),
    ]);
  }

  private product(x: string, weight: string): string {
    const { g } = this;
    if (this.form === 'gemm') return g.op('Gemm', [x, weight], { transB: 1 });
    return g.microsoft('FusedMatMul', [x, weight], [g.fresh('product')], { transB: 1 })[0];
  }

  private weight(name: string): string {
    return this.tensor(`${name}.weight`);
  }

  private shapeOf(tensor: string): number[] {
    return this.entry(tensor).shape;
  }

  private entry(name: string): TensorEntry {
    const entry = this.weights.get(name);
    if (!entry) throw new Error(`no tensor ${name}`);
    return entry;
  }

  private tensor(name: string): string {
    const entry = this.entry(name);
    const location = relative(this.root, entry.file).split(sep).join('/');
    return this.g.external(name, entry.shape, { location, offset: entry.offset, bytes: entry.bytes });
  }
}
