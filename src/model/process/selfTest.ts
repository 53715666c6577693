import { requireFinite } from '../checkpoint/finite';
import type { CheckResult } from '../contract';
import { type GraphSpec, PLAIN_GRAPH } from '../graph/decoder';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';
import { SteeringInputs } from './steering';

// float32 sums in another order: a few hundred ulps of the largest logit.
const TOLERANCE = 1e-4;

/**
 * Checks what published steering tools got wrong: strength 0 is no steering to the bit, the KV cache changes nothing,
 * steering reaches every prompt and generated token, and a row does not depend on its neighbours.
 */
export async function selfTest(
  model: LoadedModel,
  ids: number[],
  emit: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const report = (name: string, passed: boolean, detail: string) => {
    const result = { name, passed, detail };
    results.push(result);
    emit(result);
  };
  requireFinite(model.weights);
  report('weights are finite', true, `${model.weights.size} tensors`);

  const probe = new Probe(model, ids);
  const { config } = model;
  const layer = Math.floor(config.layers / 3);

  const plain = await probe.prompt({ logits: true });
  const zero = await probe.prompt({ logits: true, steer: [layer] }, [{ layer, vector: 0, strength: 0 }]);
  const same = plain.logits.every((value, i) => Object.is(value, zero.logits[i]));
  report('strength 0 is no steering, to the bit', same, `${plain.logits.length} logits at layer ${layer}`);

  const stepwise = await probe.tokenByToken({ logits: true });
  const cacheError = relativeError(stepwise.logits, plain.logits);
  report(
    'KV cache on and off agree',
    cacheError < TOLERANCE,
    `largest difference ${cacheError.toExponential(1)} of the largest logit`,
  );

  const steer = [{ layer, vector: 0, strength: 2 }];
  const spec = { residuals: [layer], steer: [layer] };
  const inPrompt = probe.steeringError(
    (await probe.prompt(spec, steer)).residuals,
    (await probe.prompt(spec)).residuals,
    2,
  );
  report(
    'steering reaches every prompt token',
    inPrompt < TOLERANCE,
    `largest difference from h + 2·v: ${inPrompt.toExponential(1)}`,
  );
  const inSteps = probe.steeringError(
    (await probe.tokenByToken(spec, steer)).residuals,
    (await probe.tokenByToken(spec)).residuals,
    2,
  );
  report(
    'steering reaches every generated token',
    inSteps < TOLERANCE,
    `largest difference from h + 2·v: ${inSteps.toExponential(1)}`,
  );

  const batchError = await probe.batchError();
  report(
    'a batch row equals the same row alone',
    batchError < TOLERANCE,
    `largest difference ${batchError.toExponential(1)} over rows of 3 lengths`,
  );
  return results;
}

interface Reading {
  /** float32 [T·V]. */
  logits: Float32Array;
  /** float32 [T·d] at the one layer asked for. */
  residuals: Float32Array;
}

type Steer = { layer: number; vector: number; strength: number }[];

class Probe {
  private readonly direction: Float32Array;

  constructor(
    private readonly model: LoadedModel,
    private readonly ids: number[],
  ) {
    // Any direction does; this one has no zero and no two equal neighbours.
    this.direction = Float32Array.from({ length: model.config.dModel }, (_, i) => Math.sin(i + 1));
  }

  prompt(wanted: Partial<GraphSpec>, steer: Steer = []): Promise<Reading> {
    return this.read(wanted, steer, [this.ids.length]);
  }

  tokenByToken(wanted: Partial<GraphSpec>, steer: Steer = []): Promise<Reading> {
    return this.read(wanted, steer, new Array(this.ids.length).fill(1));
  }

  /** Largest relative difference between steered − unsteered and strength·v over every position. */
  steeringError(steered: Float32Array, unsteered: Float32Array, strength: number): number {
    const d = this.direction.length;
    return relativeError(
      steered,
      unsteered.map((h, i) => h + strength * this.direction[i % d]),
    );
  }

  /** Three rows of different lengths together and alone: largest relative difference of their last logits. */
  async batchError(): Promise<number> {
    const { config } = this.model;
    const lengths = [this.ids.length, Math.ceil(this.ids.length / 2), Math.max(1, this.ids.length - 3)];
    const spec = { ...PLAIN_GRAPH, blocks: config.layers, logits: true };
    const together = await this.decoder(spec, lengths.length);
    const tokens = Math.max(...lengths);
    const padded = new Int32Array(lengths.length * tokens);
    for (const [b, length] of lengths.entries()) padded.set(this.ids.slice(0, length), b * tokens);
    const batch = await together.run({
      firstRow: 0,
      batch: lengths.length,
      tokens,
      ids: padded,
      lengths: Int32Array.from(lengths, length => length - 1),
      rows: Int32Array.from(lengths, (length, b) => b * tokens + length - 1),
    });
    const logits = batch.logits.data as Float32Array;
    const alone = await this.prompt({ logits: true });
    const v = config.vocabulary;
    return Math.max(
      ...lengths.map((length, b) =>
        relativeError(
          logits.subarray(b * v, (b + 1) * v),
          alone.logits.subarray((length - 1) * v, length * v),
        ),
      ),
    );
  }

  private decoder(spec: GraphSpec, rows: number): Promise<Decoder> {
    const cache = new KvCache(this.model.config, spec.blocks, rows, this.ids.length + 1);
    return Decoder.create(this.model, spec, cache, this.model.small);
  }

  private async read(wanted: Partial<GraphSpec>, steer: Steer, pieces: number[]): Promise<Reading> {
    const { config } = this.model;
    const spec = { ...PLAIN_GRAPH, blocks: config.layers, ...wanted };
    const decoder = await this.decoder(spec, 1);
    const steering = new SteeringInputs(config.dModel, spec.steer, [this.direction]).tensors([steer]);
    const logits: Float32Array[] = [];
    const residuals: Float32Array[] = [];
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
      for (const layer of spec.residuals) residuals.push(outputs[`resid_post.${layer}`].data as Float32Array);
    }
    return { logits: concatenate(logits), residuals: concatenate(residuals) };
  }
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

/** Largest |a − b| over the largest |b|; NaN anywhere gives infinity. */
function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    const delta = Math.abs(a[i] - b[i]);
    if (Number.isNaN(delta)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, delta);
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return difference / largest;
}
