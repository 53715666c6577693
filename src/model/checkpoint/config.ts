import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { ARCHITECTURES, type Architecture } from './architectures';

/** RoPE settings, from `rope_parameters` (transformers 5) or `rope_theta` + `rope_scaling` (transformers 4). */
export interface RopeConfig {
  type: string;
  theta: number;
  parameters: Record<string, number>;
}

/** A decoder's shape, read from config.json. */
export interface ModelConfig {
  architectureName: string;
  architecture: Architecture;
  dModel: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  intermediate: number;
  vocabulary: number;
  normEpsilon: number;
  tiedEmbeddings: boolean;
  qkvBias: boolean;
  outputBias: boolean;
  mlpBias: boolean;
  /** Window in tokens for each layer; 0 is full attention. */
  slidingWindows: number[];
  rope: RopeConfig;
  maxPositions: number;
}

/** Reads config.json of a Hugging Face folder; throws a UserError for a missing file or an unknown architecture. */
export function readConfig(folder: string): ModelConfig {
  const path = join(folder, 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(
      `${folder} is not a model folder: config.json cannot be read. Name a folder that holds config.json, *.safetensors and tokenizer.json.`,
    );
  }
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is not valid JSON. Copy or download it again.`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UserError(`${path} is not a JSON object. Copy or download it again.`);
  }
  return parseConfig(json, path);
}

/** Interprets the JSON of a config; `path` names it in errors. */
export function parseConfig(json: Record<string, unknown>, path: string): ModelConfig {
  const [named] = Array.isArray(json.architectures) ? json.architectures : [json.architectures];
  const name = String(named ?? `model_type ${json.model_type}`);
  const architecture = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (!architecture) {
    throw new UserError(
      `${path}: the architecture ${name} is not known. Known ones: ${Object.keys(ARCHITECTURES).join(', ')}.`,
    );
  }
  if (json.quantization_config) {
    const method = (json.quantization_config as { quant_method?: string }).quant_method ?? 'unknown method';
    throw new UserError(
      `${path}: the checkpoint is quantised (${method}); use the float32, float16 or bfloat16 checkpoint of the same model.`,
    );
  }
  const number = (key: string, fallback?: number): number => {
    const value = json[key] ?? fallback;
    if (typeof value !== 'number' || !(value > 0))
      throw new UserError(`${path}: ${key} is missing or not a positive number.`);
    return value;
  };
  const activation = json.hidden_act ?? 'silu';
  if (activation !== 'silu')
    throw new UserError(`${path}: hidden_act ${activation} is not supported; silu is.`);
  const whole = (key: string, fallback?: number): number => {
    const value = number(key, fallback);
    if (!Number.isInteger(value))
      throw new UserError(`${path}: ${key} is ${value}; a whole number is needed.`);
    return value;
  };
  const flag = (rule: boolean | string): boolean => (typeof rule === 'boolean' ? rule : json[rule] === true);

  const dModel = whole('hidden_size');
  const heads = whole('num_attention_heads');
  const layers = whole('num_hidden_layers');
  const headDim = number('head_dim', dModel / heads);
  if (!Number.isInteger(headDim) || headDim % 2) {
    throw new UserError(`${path}: a head dimension of ${headDim} is not an even whole number.`);
  }
  return {
    architectureName: name,
    architecture,
    dModel,
    layers,
    heads,
    kvHeads: whole('num_key_value_heads', heads),
    headDim,
    intermediate: whole('intermediate_size'),
    vocabulary: whole('vocab_size'),
    normEpsilon: number('rms_norm_eps', 1e-6),
    tiedEmbeddings: json.tie_word_embeddings === true,
    qkvBias: flag(architecture.qkvBias),
    outputBias: flag(architecture.outputBias),
    mlpBias: flag(architecture.mlpBias),
    slidingWindows: slidingWindows(json, architecture, layers),
    rope: ropeConfig(json, path),
    maxPositions: whole('max_position_embeddings', 2048),
  };
}

function slidingWindows(json: Record<string, unknown>, architecture: Architecture, layers: number): number[] {
  const window = typeof json.sliding_window === 'number' ? json.sliding_window : 0;
  const on =
    architecture.slidingWindow === 'sliding_window' ||
    (architecture.slidingWindow === 'use_sliding_window' && json.use_sliding_window === true);
  if (!on || !window) return new Array(layers).fill(0);
  const types = json.layer_types as string[] | undefined;
  // Qwen's older configs give no layer_types: the layers from max_window_layers on slide.
  const firstSliding =
    architecture.slidingWindow === 'sliding_window' ? 0 : Number(json.max_window_layers ?? 0);
  return Array.from({ length: layers }, (_, layer) =>
    (types ? types[layer] === 'sliding_attention' : layer >= firstSliding) ? window : 0,
  );
}

function ropeConfig(json: Record<string, unknown>, path: string): RopeConfig {
  const source = { ...(json.rope_scaling as object), ...(json.rope_parameters as object) } as Record<
    string,
    unknown
  >;
  const type = String(source.rope_type ?? source.type ?? 'default');
  const theta = Number(source.rope_theta ?? json.rope_theta ?? 10000);
  const partial = Number(source.partial_rotary_factor ?? json.partial_rotary_factor ?? 1);
  if (partial !== 1) throw new UserError(`${path}: partial_rotary_factor ${partial} is not supported; 1 is.`);
  const parameters: Record<string, number> = {};
  for (const [key, value] of Object.entries(source)) if (typeof value === 'number') parameters[key] = value;
  parameters.max_position_embeddings = Number(json.max_position_embeddings ?? 2048);
  return { type, theta, parameters };
}
