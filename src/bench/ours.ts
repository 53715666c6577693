import { availableParallelism } from 'node:os';
import type { HarvestSums } from '../core/sums';
import type { GeneratedRow, GenerateParams, HarvestParams } from '../model/contract';
import { ModelPool } from '../model/modelPool';
import { ModelProcess } from '../model/modelProcess';
import type { Measured } from './pairs';
import { cpuSeconds } from './procfs';

/** Doubletake's engine as its callers use it: model processes, called over their protocol; the wire is in the time. */
export class Ours {
  private constructor(
    private readonly model: ModelPool | ModelProcess,
    readonly pids: number[],
    /** Wall seconds from nothing until the model is open. */
    readonly startSeconds: number,
  ) {}

  /** All cores: as the product opens it. Fewer: one process with that many threads. */
  static async start(folder: string, threads: number): Promise<Ours> {
    const started = performance.now();
    const model =
      threads === availableParallelism()
        ? await ModelPool.start({ folder })
        : await ModelProcess.start({ folder, threads });
    const pids = model instanceof ModelPool ? model.processIds : [model.pid!];
    return new Ours(model, pids, (performance.now() - started) / 1000);
  }

  generate(params: GenerateParams): Promise<GeneratedRow[]> {
    return this.model instanceof ModelPool
      ? this.model.generate(params)
      : this.model.call('generate', params);
  }

  harvest(params: HarvestParams): Promise<HarvestSums> {
    return this.model instanceof ModelPool ? this.model.harvest(params) : this.model.call('harvest', params);
  }

  /** Wall and processor seconds of one call. */
  async time(work: () => Promise<unknown>): Promise<Measured> {
    const cpu = cpuSeconds(this.pids);
    const started = performance.now();
    await work();
    const wall = (performance.now() - started) / 1000;
    return { wall, cpu: cpu === undefined ? undefined : cpuSeconds(this.pids)! - cpu };
  }

  stop(): void {
    this.model.stop();
  }
}
