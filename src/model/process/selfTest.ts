import { UserError } from '../../core/errors';
import { requireFinite } from '../checkpoint/finite';
import type { CheckResult } from '../contract';
import type { LoadedModel } from './loadedModel';
import { Probe, type Reading, relativeError } from './probe';
import { batchLengths, compare } from './trial';

// float32 sums in another order: a few hundred ulps of the largest logit.
const TOLERANCE = 1e-4;

/**
 * Checks what published steering tools got wrong: strength 0 is no steering to the bit, the KV cache changes nothing,
 * steering reaches every prompt and generated token, a row does not depend on its neighbours, and a GPU computes what the
 * CPU computes.
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
  if (ids.length < 2) throw new UserError('The self-test needs a text of two tokens or more.');
  requireFinite(model.weights);
  report('weights are finite', true, `${model.weights.size} tensors`);

  if (model.provider !== 'cpu') {
    const cpu = model.on('cpu');
    const { difference, longestPiece } = await compare(model, cpu, ids);
    await cpu.close();
    report(
      'provider agrees with the CPU',
      longestPiece > 0,
      `largest difference ${difference.toExponential(1)} of a token's largest residual or logit`,
    );
  }

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
  const inPrompt = steeringError(probe, await probe.prompt(spec, steer), await probe.prompt(spec), 2);
  report(
    'steering reaches every prompt token',
    inPrompt < TOLERANCE,
    `largest difference from h + 2·v: ${inPrompt.toExponential(1)}`,
  );
  const inSteps = steeringError(
    probe,
    await probe.tokenByToken(spec, steer),
    await probe.tokenByToken(spec),
    2,
  );
  report(
    'steering reaches every generated token',
    inSteps < TOLERANCE,
    `largest difference from h + 2·v: ${inSteps.toExponential(1)}`,
  );

  const lengths = batchLengths(Math.min(ids.length, model.longestPiece));
  const v = config.vocabulary;
  const batchError = Math.max(
    ...(await probe.batch(lengths)).map((row, b) =>
      relativeError(row, plain.logits.subarray((lengths[b] - 1) * v, lengths[b] * v)),
    ),
  );
  report(
    'a batch row equals the same row alone',
    batchError < TOLERANCE,
    `largest difference ${batchError.toExponential(1)} over rows of 3 lengths`,
  );
  return results;
}

/** Largest relative difference between a steered residual and the unsteered one + strength·v, over every position. */
function steeringError(probe: Probe, steered: Reading, unsteered: Reading, strength: number): number {
  const { direction } = probe;
  const d = direction.length;
  return relativeError(
    steered.residuals[0],
    unsteered.residuals[0].map((h, i) => h + strength * direction[i % d]),
  );
}
