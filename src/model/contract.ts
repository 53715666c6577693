import type { HarvestSums } from '../core/sums';
import type { Method } from '../rpc/messages';

/** Where models can run, by the names of people rather than onnxruntime's. */
export type Provider = 'webgpu' | 'cuda' | 'directml' | 'coreml' | 'cpu';

/** What a person asks for: `auto` takes the first provider that agrees with the CPU. */
export type ProviderChoice = Provider | 'auto';

/** Why a provider is not used. */
export interface Refusal {
  /** The end of a sentence: "WebGPU was not used: …". */
  why: string;
  /** There is no such device, it is slower than the CPU, or it is at fault. */
  kind: 'absent' | 'slow' | 'failed';
}

/** A provider that is not used, and why. */
export interface RefusedProvider extends Refusal {
  provider: Provider;
}

/** How to open a model. */
export interface OpenParams {
  folder: string;
  /** Threads inside an operator; by default chosen. */
  threads?: number;
  /** By default the CPU. */
  provider?: ProviderChoice;
  /** Providers not to be tried: they ended the process before this one, or hung. */
  refused?: RefusedProvider[];
}

/** What happens while a model opens. A trial that takes longer than `limitMs` hangs. */
export type OpenEvent =
  | { kind: 'converting'; done: number; total: number }
  | { kind: 'trying'; provider: Provider; limitMs: number };

/** What a caller learns about an opened model. */
export interface ModelInfo {
  folder: string;
  architecture: string;
  layers: number;
  dModel: number;
  vocabulary: number;
  maxPositions: number;
  provider: Provider;
  /** One sentence for a person, without its full stop: why it runs there. */
  providerReason: string;
  /** True if the provider asked for could not be used, or if `auto` met a device that is at fault (not one that is missing or slow). */
  fellBack: boolean;
  /** Resident memory of this one process when it was asked, bytes; `ModelPool.memory` adds up a model's processes. */
  memory: number;
}

/** How tokens are drawn. Temperature 0 is greedy; 0 or 1 switches a filter off as usual (top-k 0, top-p 1, min-p 0). */
export interface Sampling {
  temperature: number;
  topK?: number;
  topP?: number;
  minP?: number;
}

/** h_layer ← h_layer·(1 + gain) + strength·vectors[vector] at every position of the row. */
export interface Intervention {
  layer: number;
  /** Index into the request's vectors; left out for a pure gain. */
  vector?: number;
  strength?: number;
  gain?: number;
}

/** One sequence to be continued. */
export interface GenerateRow {
  ids: number[];
  seed: number;
  interventions?: Intervention[];
}

/** Rows to be continued in shared batches. */
export interface GenerateParams {
  rows: GenerateRow[];
  /** Steering vectors [d]. */
  vectors: Float32Array[];
  sampling: Sampling;
  maxTokens: number;
  /** Ids that end a row; they are the last id of the row. */
  stop: number[];
  /** Rows decoded together at most. */
  batch?: number;
  /** True: every token is reported as it is drawn. */
  stream?: boolean;
}

/** A continued row: the new ids, a stop id included. */
export interface GeneratedRow {
  tokenIds: number[];
  finishReason: 'stop' | 'length';
}

/** A drawn token, or a row that ended. */
export type GenerateEvent =
  | { kind: 'tokens'; rows: number[]; ids: number[] }
  | { kind: 'finished'; row: number; result: GeneratedRow };

/** One text to harvest: its ids and the groups of sentences planned by `planHarvest`. */
export interface HarvestText {
  ids: number[];
  groups: { label: string; half: 0 | 1; from: number; to: number; firsts: number[] }[];
}

/** Pools windows of many texts inside the graph; only sums come back. */
export interface HarvestParams {
  texts: HarvestText[];
  layers: number[];
  offsets: [number, number];
}

/** Every residual of one text, written to a safetensors file by the model process itself. */
export interface ActivationsParams {
  ids: number[];
  layers: number[];
  logits: boolean;
  out: string;
}

/** Logits of directions or residuals. */
export interface LensParams {
  /** float32 [N·d]. */
  vectors: Float32Array;
  /** True: the final norm comes first (logit lens of a residual); false: W_U·v. */
  norm: boolean;
}

/** Which tokens of a text to look through; the text's KV cache is kept for the next question. */
export interface LensGridParams {
  /** The text at least up to `to`. */
  ids: Int32Array;
  /** Positions [from, to). */
  from: number;
  to: number;
  /** Tokens wanted for each layer and position. */
  topK: number;
  /** float32 [d] to project the residuals on. */
  direction?: Float32Array;
}

/** Logit lens of T = to − from tokens at L layers. */
export interface LensGridResult {
  layers: number;
  /** Tokens for each layer and position, never more than the vocabulary has. */
  topK: number;
  /** int32 [L·T·topK], the likeliest next tokens by final norm and unembedding of resid_post, likeliest first. */
  ids: Int32Array;
  /** float32 [L·T·topK]. */
  probabilities: Float32Array;
  /** float32 [T]: −log2 p(token | tokens before), bits; NaN for the first token of the text. */
  surprisal: Float32Array;
  /** float32 [L·T], resid_post · direction. */
  projections: Float32Array | null;
}

/** Projection of every token's residual on given directions. */
export interface ProjectParams {
  ids: number[];
  layers: number[];
  /** float32 [N][d]. */
  directions: Float32Array[];
}

/** Which scores are wanted of every token of one text. */
export interface TokenScoresParams {
  ids: number[];
  /** −log2 p(token | tokens before), bits. */
  surprisal?: boolean;
  /** resid_post·v/|v| at one layer; `direction` is v, float32 [d]. */
  projection?: { layer: number; direction: Float32Array };
  /**
   * KL(this model ‖ base) in bits of the two distributions that predict the token. `folder` is the base model's, opened in
   * the same process (weights are mapped from the file); `baseIds` are the ids it is fed, one for each of `ids`
   * (`mapTokens`); `common` are the ids that are the same token in both: both distributions are renormalised to them.
   */
  divergence?: { folder: string; baseIds: number[]; common: Int32Array };
}

/**
 * Scores of tokens start, start + 1, …. Surprisal and divergence belong to the token that is predicted, read from the
 * logits one position before it: the value stands at the word that was decided there. The first token has none.
 */
export interface TokenScoresEvent {
  score: 'surprisal' | 'projection' | 'divergence';
  start: number;
  values: Float32Array;
}

/** One property that a model in use must have. */
export interface CheckResult {
  name: string;
  passed: boolean;
  detail: string;
}

/** The contract between the model process and everybody else. */
export interface ModelContract {
  open: Method<OpenParams, ModelInfo, OpenEvent>;
  info: Method<Record<string, never>, ModelInfo>;
  generate: Method<GenerateParams, GeneratedRow[], GenerateEvent>;
  harvest: Method<HarvestParams, HarvestSums, { done: number; total: number }>;
  activations: Method<ActivationsParams, { tokens: number }, { done: number; total: number }>;
  lens: Method<LensParams, Float32Array>;
  lensGrid: Method<LensGridParams, LensGridResult, { done: number; total: number }>;
  project: Method<ProjectParams, Float32Array[]>;
  tokenScores: Method<TokenScoresParams, { tokens: number }, TokenScoresEvent>;
  check: Method<{ ids: number[] }, CheckResult[], CheckResult>;
}
