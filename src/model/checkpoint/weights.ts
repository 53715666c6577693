import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { readSafetensorsHeader, type TensorEntry } from '../../files/safetensors';
import type { ModelConfig } from './config';

/** A checkpoint's tensors by their Hugging Face names, shapes checked against the config. */
export type Weights = Map<string, TensorEntry>;

const INDEX = 'model.safetensors.index.json';
const FLOATING = new Set(['F32', 'F16', 'BF16', 'F64']);

/** Finds every tensor of a checkpoint folder, sharded or not, links followed (a Hugging Face cache is links). */
export function locateWeights(folder: string): Weights {
  const weights: Weights = new Map();
  for (const file of weightFiles(folder)) {
    for (const [name, entry] of readSafetensorsHeader(file).tensors) weights.set(name, entry);
  }
  return weights;
}

function weightFiles(folder: string): string[] {
  const index = join(folder, INDEX);
  if (existsSync(index)) {
    let map: Record<string, string>;
    try {
      map = JSON.parse(readFileSync(index, 'utf8')).weight_map;
    } catch {
      throw new UserError(`${index} is not valid JSON. Copy or download it again.`);
    }
    if (typeof map !== 'object' || map === null) {
      throw new UserError(`${index} has no weight_map. Copy or download it again.`);
    }
    return [...new Set(Object.values(map))].map(shard => {
      const path = join(folder, shard);
      if (!existsSync(path))
        throw new UserError(`${path} is missing although ${INDEX} names it. Copy the whole model folder.`);
      return realpathSync(path);
    });
  }
  const single = join(folder, 'model.safetensors');
  if (existsSync(single)) return [realpathSync(single)];
  const others = existsSync(folder)
    ? readdirSync(folder).filter(name => /\.(bin|pt|pth|gguf|safetensors)$/.test(name))
    : [];
  const found = others.length ? ` It holds ${others.slice(0, 3).join(', ')}.` : '';
  throw new UserError(
    `${folder} has neither model.safetensors nor ${INDEX}.${found} Name a Hugging Face folder with safetensors weights.`,
  );
}

/** Names and shapes of the tensors that a model of this config consists of. */
export function expectedShapes(config: ModelConfig): Map<string, number[]> {
  const { dModel: d, intermediate, vocabulary, heads, kvHeads, headDim } = config;
  const shapes = new Map<string, number[]>([
    ['model.embed_tokens.weight', [vocabulary, d]],
    ['model.norm.weight', [d]],
  ]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [vocabulary, d]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [outputs, inputs]);
    if (bias) shapes.set(`${name}.bias`, [outputs]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const block = `model.layers.${layer}`;
    shapes.set(`${block}.input_layernorm.weight`, [d]);
    shapes.set(`${block}.post_attention_layernorm.weight`, [d]);
    linear(`${block}.self_attn.q_proj`, heads * headDim, d, config.qkvBias);
    linear(`${block}.self_attn.k_proj`, kvHeads * headDim, d, config.qkvBias);
    linear(`${block}.self_attn.v_proj`, kvHeads * headDim, d, config.qkvBias);
    linear(`${block}.self_attn.o_proj`, d, heads * headDim, config.outputBias);
    if (config.architecture.queryKeyNorm) {
      shapes.set(`${block}.self_attn.q_norm.weight`, [headDim]);
      shapes.set(`${block}.self_attn.k_norm.weight`, [headDim]);
    }
    linear(`${block}.mlp.gate_proj`, intermediate, d, config.mlpBias);
    linear(`${block}.mlp.up_proj`, intermediate, d, config.mlpBias);
    linear(`${block}.mlp.down_proj`, d, intermediate, config.mlpBias);
  }
  return shapes;
}

/** The tensors the config asks for, in the config's order; throws a UserError that names the first one missing or misshapen. */
export function selectWeights(config: ModelConfig, weights: Weights, folder: string): Weights {
  const selected: Weights = new Map();
  for (const [name, shape] of expectedShapes(config)) {
    const entry = weights.get(name);
    if (!entry)
      throw new UserError(
        `${folder}: the tensor ${name} is missing. The checkpoint and config.json do not belong together, or a shard was not copied.`,
      );
    if (entry.shape.join() !== shape.join()) {
      throw new UserError(
        `${folder}: the tensor ${name} has shape [${entry.shape}] where config.json needs [${shape}].`,
      );
    }
    if (!FLOATING.has(entry.dtype)) {
      throw new UserError(
        `${folder}: the tensor ${name} is stored as ${entry.dtype}; float32, float16 or bfloat16 weights are needed.`,
      );
    }
    selected.set(name, entry);
  }
  return selected;
}
