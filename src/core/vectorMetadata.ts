import { UserError } from './errors';

/** What a vector file says of itself, kept as the flat string map of safetensors' `__metadata__`. */
export interface VectorMetadata {
  /** Name and hash of the model whose activations were read, and whether it is the base or the reasoning model. */
  model: string;
  modelHash: string;
  /** What a base model and its reasoning finetune share (architecture, width, layers): a vector of one fits the other. */
  familyHash: string;
  tokenizerHash: string;
  /** The vector belongs to `resid_post.{layer}`. */
  layer: number;
  dModel: number;
  /** How it was computed, such as "difference-of-means". */
  operation: string;
  label: string;
  windowOffset: number;
  windowLength: number;
  /** Sentences harvested per label. */
  labelCounts: Record<string, number>;
  /** Windows of the label, and of every label. */
  positives: number;
  windows: number;
  /** One hash per rollout (text and labels). */
  rolloutHashes: string[];
  norm: number;
  /** Norm of the mean token activation at the layer. */
  meanNorm: number;
  /** null if one half of the rollouts had no window. */
  splitHalfCosine: number | null;
  toolVersion: string;
}

/** The model a vector is to be used with. */
export interface VectorTarget {
  name: string;
  dModel: number;
  layers: number;
  familyHash: string;
}

const FORMAT = 'doubletake-vector';
const VERSION = '1';
type Field = keyof VectorMetadata;
const TEXT: readonly Field[] = [
  'model',
  'modelHash',
  'familyHash',
  'tokenizerHash',
  'operation',
  'label',
  'toolVersion',
];
const WHOLE: readonly Field[] = ['layer', 'dModel', 'windowOffset', 'windowLength', 'positives', 'windows'];
const REAL: readonly Field[] = ['norm', 'meanNorm'];
const JSON_FIELDS: readonly Field[] = ['labelCounts', 'rolloutHashes', 'splitHalfCosine'];

/** The string map to write; `hook` is derived from the layer for other tools to read. */
export function describeVector(meta: VectorMetadata): Record<string, string> {
  const map: Record<string, string> = {
    format: FORMAT,
    formatVersion: VERSION,
    hook: `resid_post.${meta.layer}`,
  };
  for (const key of [...TEXT, ...WHOLE, ...REAL]) map[key] = String(meta[key]);
  for (const key of JSON_FIELDS) map[key] = JSON.stringify(meta[key]);
  return map;
}

/** Whether a string map is that of a vector file of ours (of any version). */
export function isVectorMetadata(map: Readonly<Record<string, string>> | undefined): boolean {
  return map?.format === FORMAT;
}

/** The inverse of `describeVector`. Throws a UserError that names the missing or broken field. */
export function parseVectorMetadata(map: Readonly<Record<string, string>>): VectorMetadata {
  if (!isVectorMetadata(map))
    throw new UserError('not a Doubletake vector: its metadata has no format field');
  if (map.formatVersion !== VERSION) {
    throw new UserError(`the vector's format version ${map.formatVersion} is not known: update Doubletake`);
  }
  const meta: Record<string, unknown> = {};
  for (const key of TEXT) meta[key] = field(map, key);
  for (const key of WHOLE) meta[key] = number(map, key, Number.isInteger);
  for (const key of REAL) meta[key] = number(map, key, Number.isFinite);
  for (const key of JSON_FIELDS) meta[key] = json(map, key);
  const { labelCounts, rolloutHashes, splitHalfCosine } = meta;
  if (typeof labelCounts !== 'object' || labelCounts === null || Array.isArray(labelCounts))
    broken('labelCounts');
  if (!Array.isArray(rolloutHashes)) broken('rolloutHashes');
  if (splitHalfCosine !== null && typeof splitHalfCosine !== 'number') broken('splitHalfCosine');
  return meta as unknown as VectorMetadata;
}

/** Throws a UserError with the reason if a vector cannot be added to the residual stream of `model`. */
export function checkVectorFits(
  meta: Pick<VectorMetadata, 'model' | 'familyHash' | 'layer' | 'dModel'>,
  model: VectorTarget,
): void {
  const refuse = (reason: string) => {
    throw new UserError(`the vector from ${meta.model} does not fit ${model.name}: ${reason}`);
  };
  if (meta.dModel !== model.dModel)
    refuse(`it has ${meta.dModel} numbers, the model's residual stream ${model.dModel}`);
  if (meta.layer < 0 || meta.layer >= model.layers) {
    refuse(`it belongs to layer ${meta.layer}, the model has layers 0 to ${model.layers - 1}`);
  }
  if (meta.familyHash !== model.familyHash) refuse('it was computed from another family of models');
}

function field(map: Readonly<Record<string, string>>, key: string): string {
  const value = map[key];
  if (typeof value !== 'string')
    throw new UserError(`the vector's metadata lacks "${key}": compute the vector again`);
  return value;
}

function number(
  map: Readonly<Record<string, string>>,
  key: string,
  valid: (value: number) => boolean,
): number {
  const text = field(map, key);
  const value = Number(text);
  return text.trim() !== '' && valid(value) ? value : broken(key);
}

function json(map: Readonly<Record<string, string>>, key: string): unknown {
  try {
    return JSON.parse(field(map, key));
  } catch (error) {
    if (error instanceof UserError) throw error;
    return broken(key);
  }
}

function broken(key: string): never {
  throw new UserError(`the vector's metadata has a broken "${key}": compute the vector again`);
}
