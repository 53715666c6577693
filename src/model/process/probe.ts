import { type GraphSpec, PLAIN_GRAPH } from '../graph/decoder';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';
import { SteeringInputs } from './steering';

/** What a model gives for the tokens of a text. */
export interface Reading {
  /** float32 [T·V], empty if not asked for. */
  logits: Float32Array;
  /** float32 [T·d] of each layer asked for. */
  residuals: Float32Array[];
}

/** Interventions of a probe; `vector` 0 is its direction. */
export type ProbeSteering = { layer: number; vector: number; strength: number }[];

/** Reads one text in different ways, so that they can be compared. */
export class Probe {
  /** Any direction does; this one has no zero and no two equal neighbours. */
  readonly direction: Float32Array;

  constructor(
    private readonly model: LoadedModel,
    private readonly ids: number[],
  ) {
    this.direction = Float32Array.from({ length: model.config.dModel }, (_, i) => Math.sin(i + 1));
  }

  /** The whole text in as few runs as the model allows. */
  prompt(wanted: Partial<GraphSpec>, steer: ProbeSteering = []): Promise<Reading> {
    return this.read(wanted, steer, pieceLengths(this.ids.length, this.model.longestPiece));
  }

  tokenByToken(wanted: Partial<GraphSpec>, steer: ProbeSteering = []): Promise<Reading> {
    return this.read(wanted, steer, pieceLengths(this.ids.length, 1));
  }

  /** The text in runs of these lengths, over one KV cache. */
  async read(wanted: Partial<GraphSpec>, steer: ProbeSteering, pieces: number[]): Promise<Reading> {
    const { config } = this.model;
    const spec = { ...PLAIN_GRAPH, blocks: config.layers, ...wanted };
    const decoder = await this.decoder(spec, 1);
    const steering = new SteeringInputs(config.dModel, spec.steer, [this.direction]).tensors([steer]);
    const logits: Float32Array[] = [];
    const residuals: Float32Array[][] = spec.residuals.map(() => []);
    let start = 0;
    for (const tokens of pieces) {
      const outputs = await decoder.run({
        firstRow: 0,
        batch: 1,
        tokens,
        ids: Int32Array.from(this.ids.slice(start, start + tokens)),
        lengths: Int32Array.of((start += tokens) - 1),
        rows: spec.logits ? Int32Array.from({ length: tokens }, (_, t) => t) : undefined,
        steering,
      });
      if (spec.logits) logits.push(outputs.logits.data as Float32Array);
      for (const [i, layer] of spec.residuals.entries()) {
        residuals[i].push(outputs[`resid_post.${layer}`].data as Float32Array);
      }
    }
    return { logits: concatenate(logits), residuals: residuals.map(concatenate) };
  }

  /**
   * Beginnings of the text as rows of one batch, as a generation runs them: all but their last token padded into one run,
   * then a step of one token each. Returns the logits [V] of each row's last token.
   */
  async batch(lengths: number[]): Promise<Float32Array[]> {
    const { config } = this.model;
    const batch = lengths.length;
    const spec = { ...PLAIN_GRAPH, blocks: config.layers, logits: true };
    const decoder = await this.decoder(spec, batch);
    const tokens = Math.max(...lengths) - 1;
    const padded = new Int32Array(batch * tokens);
    for (const [b, length] of lengths.entries()) padded.set(this.ids.slice(0, length - 1), b * tokens);
    await decoder.run({
      firstRow: 0,
      batch,
      tokens,
      ids: padded,
      lengths: Int32Array.from(lengths, length => length - 2),
    });
    const { logits } = await decoder.run({
      firstRow: 0,
      batch,
      tokens: 1,
      ids: Int32Array.from(lengths, length => this.ids[length - 1]),
      lengths: Int32Array.from(lengths, length => length - 1),
      rows: Int32Array.from(lengths, (_, b) => b),
    });
    const v = config.vocabulary;
    return lengths.map((_, b) => (logits.data as Float32Array).subarray(b * v, (b + 1) * v));
  }

  private decoder(spec: GraphSpec, rows: number): Promise<Decoder> {
    const cache = new KvCache(this.model.config, spec.blocks, rows, this.ids.length + 1);
    return Decoder.create(this.model, spec, cache, this.model.small);
  }
}

/** Runs that cover `tokens` tokens, none longer than `longest`. */
export function pieceLengths(tokens: number, longest: number): number[] {
  const pieces: number[] = [];
  for (let start = 0; start < tokens; start += longest) pieces.push(Math.min(longest, tokens - start));
  return pieces;
}

/** Largest |a − b| over the largest |b|; NaN anywhere gives infinity. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    const delta = Math.abs(a[i] - b[i]);
    if (Number.isNaN(delta)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, delta);
    largest = Math.max(largest, Math.abs(b[i]));
  }
  // A token of zeros is no reason for NaN.
  return difference === 0 ? 0 : difference / largest;
}

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
