import { relative, sep } from 'node:path';
import type { TensorEntry } from '../../files/safetensors';
import type { ModelConfig } from '../checkpoint/config';
import type { Weights } from '../checkpoint/weights';
import type { Dialect } from './dialects';
import type { GraphBuilder } from './onnx';

/** Width of a head in the KV cache and the rotary tables (times two): the head dimension, rounded up to a multiple of 16. */
export function cacheHeadDim(config: ModelConfig): number {
  return Math.ceil(config.headDim / 16) * 16;
}

/** Writes the parts of a decoder's blocks into a graph; weights stay in their files, named relative to `root`. */
export class Blocks {
  constructor(
    private readonly g: GraphBuilder,
    private readonly config: ModelConfig,
    private readonly weights: Weights,
    private readonly root: string,
    private readonly dialect: Dialect,
  ) {}

  /** Embeddings [B,T,d] of the input `ids`. */
  embed(ids: string): string {
    return this.g.op('Gather', [this.weight('model.embed_tokens'), ids]);
  }

  /** residual + branch, and its RMS norm, in one kernel. */
  addAndNorm(branch: string | undefined, residual: string, norm: string): { normed: string; sum: string } {
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

  /** RMS norm with a weight of the model. */
  rmsNorm(x: string, norm: string): string {
    const attributes = { epsilon: { float: this.config.normEpsilon }, axis: -1, stash_type: 1 };
    return this.g.op('SimplifiedLayerNormalization', [x, this.weight(norm)], attributes);
  }

  /** Self-attention of a block with its rotary embedding, over the KV cache. */
  attention(layer: number, x: string): string {
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

  /** The gated feed-forward of a block; onnxruntime fuses x·sigmoid(x) itself. */
  feedForward(block: string, x: string): string {
    const { g, config } = this;
    const gate = this.linear(x, `${block}.mlp.gate_proj`, config.mlpBias);
    const up = this.linear(x, `${block}.mlp.up_proj`, config.mlpBias);
    const silu = g.op('Mul', [gate, g.op('Sigmoid', [gate])]);
    return this.linear(g.op('Mul', [silu, up]), `${block}.mlp.down_proj`, config.mlpBias);
  }

  /** The graph's output `logits` [count,V] of normed residuals. */
  unembed(normed: string, count: string): void {
    const { g, config } = this;
    const head = config.tiedEmbeddings ? 'model.embed_tokens' : 'lm_head';
    const logits = this.dialect.product(g, normed, this.weight(head), this.entry(`${head}.weight`).shape);
    g.op('Identity', [logits], {}, 'logits');
    g.output('logits', 'float32', [count, config.vocabulary]);
  }

  /** x·Wᵀ (+ bias) with W [out, in] as Hugging Face stores it; a Transpose would be folded into a copy of the weight. */
  private linear(x: string, name: string, bias: boolean): string {
    const { shape } = this.entry(`${name}.weight`);
    const product = this.dialect.product(this.g, x, this.weight(name), shape, 'ids');
    return bias ? this.g.op('Add', [product, this.tensor(`${name}.bias`)]) : product;
  }

  private weight(name: string): string {
    return this.tensor(`${name}.weight`);
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
