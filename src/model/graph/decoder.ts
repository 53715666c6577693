import type { ModelConfig } from '../checkpoint/config';
import type { Weights } from '../checkpoint/weights';
import { Blocks, cacheHeadDim } from './blocks';
import type { Dialect } from './dialects';
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
  /** Layers pooled inside the graph: `pool.L` [G,O·d] and `total.L` [1,d] from inputs `pool_*`. */
  pool: number[];
  /** Layers whose projections on `directions` [d,N] are returned: `projection.L` [B,T,N]. */
  project: number[];
  /** Logits [R,V] at the flattened positions `rows` [R]. Needs every block. */
  logits: boolean;
}

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
  dialect: Dialect,
  spec: GraphSpec,
): Uint8Array {
  return new DecoderGraph(config, weights, root, dialect, spec).build();
}

/** Unembedding of any residuals or, without the norm, directions: `residuals` float32 [N,d] → `logits` [N,V]. */
export function buildLens(
  config: ModelConfig,
  weights: Weights,
  root: string,
  dialect: Dialect,
  norm: boolean,
): Uint8Array {
  return new DecoderGraph(config, weights, root, dialect, PLAIN_GRAPH).buildLens(norm);
}

class DecoderGraph {
  private readonly g = new GraphBuilder();
  private readonly blocks: Blocks;
  private readonly d: number;

  constructor(
    private readonly config: ModelConfig,
    weights: Weights,
    root: string,
    dialect: Dialect,
    private readonly spec: GraphSpec,
  ) {
    this.blocks = new Blocks(this.g, config, weights, root, dialect);
    this.d = config.dModel;
  }

  build(): Uint8Array {
    const { g, blocks, config, spec } = this;
    this.declareInputs();
    let residual = blocks.embed('ids');
    // The branch waiting to be added to the residual: the next norm's kernel adds it in the same pass.
    let branch: string | undefined;
    for (let layer = 0; layer < spec.blocks; layer++) {
      const block = `model.layers.${layer}`;
      const entering = blocks.addAndNorm(branch, residual, `${block}.input_layernorm`);
      if (layer > 0) this.expose(layer - 1, entering.sum);
      const attention = blocks.attention(layer, entering.normed);
      const middle = blocks.addAndNorm(attention, entering.sum, `${block}.post_attention_layernorm`);
      branch = blocks.feedForward(block, middle.normed);
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
      blocks.unembed(blocks.rmsNorm(rows, 'model.norm'), 'R');
    }
    for (let layer = 0; layer < spec.blocks; layer++) {
      for (const part of ['key', 'value']) {
        g.output(`present.${layer}.${part}`, 'float32', ['B', config.kvHeads, 'S', cacheHeadDim(config)]);
      }
    }
    return g.encode();
  }

  buildLens(norm: boolean): Uint8Array {
    const { blocks } = this;
    const residuals = this.g.input('residuals', 'float32', ['N', this.d]);
    blocks.unembed(norm ? blocks.rmsNorm(residuals, 'model.norm') : residuals, 'N');
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
      g.input('pool_zero', 'float32', [1, this.d]);
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
      const padded = g.op('Concat', [flat, 'pool_zero'], { axis: 0 });
      const windows = g.op('Reshape', [g.op('Gather', [padded, 'pool_positions']), 'pool_shape']);
      g.op('MatMul', ['pool_groups', windows], {}, `pool.${layer}`);
      g.output(`pool.${layer}`, 'float32', ['G', 'O_d']);
      g.op('MatMul', ['pool_all', flat], {}, `total.${layer}`);
      g.output(`total.${layer}`, 'float32', [1, d]);
    }
  }
}
