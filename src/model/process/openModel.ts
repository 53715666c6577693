import { totalBytes } from '../checkpoint/finite';
import type { ModelInfo, OpenEvent, OpenParams, RefusedProvider } from '../contract';
import { candidates, conclude, judge, plainReason } from '../providers';
import { LoadedModel } from './loadedModel';
import { thisMachine } from './machine';
import { trial } from './trial';

// A trial of the bundled models takes seconds on a software adapter; large weights have to reach the GPU first.
const TRIAL_LIMIT_MS = 60_000;
const TRIAL_BYTES_PER_MS = 20_000;

/** A model where it runs, with the reason. */
export interface OpenedModel {
  model: LoadedModel;
  placement: Pick<ModelInfo, 'provider' | 'providerReason' | 'fellBack'>;
}

/** Opens a model on the provider asked for, or on the first one that agrees with the CPU and is as fast; else on the CPU. */
export async function openModel(
  { folder, threads, provider: choice = 'cpu', refused: before = [] }: OpenParams,
  emit: (event: OpenEvent) => void,
): Promise<OpenedModel> {
  const { wanted, missing } = candidates(choice, thisMachine());
  const cpu = await LoadedModel.open({ folder, threads }, (done, total) =>
    emit({ kind: 'converting', done, total }),
  );
  const refused: RefusedProvider[] = [
    ...missing,
    ...before.filter(({ provider }) => wanted.includes(provider)),
  ];
  const limitMs = TRIAL_LIMIT_MS + totalBytes(cpu.weights) / TRIAL_BYTES_PER_MS;
  for (const provider of wanted) {
    if (refused.some(other => other.provider === provider)) continue;
    emit({ kind: 'trying', provider, limitMs });
    const model = cpu.on(provider);
    try {
      const verdict = judge(choice, await trial(model, cpu, choice));
      if (verdict.kind === 'used') {
        await cpu.close();
        return { model, placement: conclude(choice, refused, { provider, ...verdict }) };
      }
      refused.push({ provider, ...verdict });
    } catch (error) {
      refused.push({ provider, ...plainReason(provider, error as Error) });
    }
    await model.close();
  }
  return { model: cpu, placement: conclude(choice, refused) };
}
