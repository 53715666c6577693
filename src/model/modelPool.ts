import { addToSums, type HarvestSums } from '../core/sums';
import type { CallOptions } from '../rpc/caller';
import { totalBytes } from './checkpoint/finite';
import { locateWeights } from './checkpoint/weights';
import type {
  GeneratedRow,
  GenerateEvent,
  GenerateParams,
  HarvestParams,
  ModelContract,
  ModelInfo,
} from './contract';
import { ModelProcess, type StartOptions } from './modelProcess';

// Small models lose more to handing work between threads than they gain: two processes of one thread each use two cores.
const SMALL_MODEL_BYTES = 64 << 20;
const SMALL_MODEL_PROCESSES = 2;

/**
 * One model in one or more processes. Jobs of many rows or texts are dealt out in turn, so results depend on the seed
 * and not on the machine's number of cores.
 */
export class ModelPool {
  private constructor(private readonly processes: ModelProcess[]) {}

  /** Starts as many processes as the model's size makes worthwhile; a GPU is one device and takes one. */
  static async start(options: StartOptions): Promise<ModelPool> {
    const small = totalBytes(locateWeights(options.folder)) < SMALL_MODEL_BYTES;
    const first = await ModelProcess.start(options);
    const others = small && first.info.provider === 'cpu' ? SMALL_MODEL_PROCESSES - 1 : 0;
    // The first process has tried the providers: the others take what it took.
    const same = { ...options, provider: first.info.provider };
    const rest = await Promise.allSettled(Array.from({ length: others }, () => ModelProcess.start(same)));
    const processes = [first, ...rest.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []))];
    const failed = rest.find(start => start.status === 'rejected');
    if (failed) {
      stopAll(processes);
      throw failed.reason;
    }
    // The others are of no use without one that was killed, and would live on unseen.
    for (const process of processes) process.onEnd(() => stopAll(processes));
    return new ModelPool(processes);
  }

  /** What the model is. */
  get info(): ModelInfo {
    return this.processes[0].info;
  }

  /** Resident memory of the model's processes now, bytes. */
  async memory(): Promise<number> {
    const infos = await Promise.all(this.processes.map(process => process.call('info', {})));
    return infos.reduce((sum, { memory }) => sum + memory, 0);
  }

  /** Ids of the model's processes, for their memory and processor time. */
  get processIds(): number[] {
    return this.processes.flatMap(process => process.pid ?? []);
  }

  /** Calls a method that one process answers alone. */
  call<M extends 'activations' | 'lens' | 'lensGrid' | 'project' | 'tokenScores' | 'check' | 'info'>(
    method: M,
    params: ModelContract[M]['params'],
    options?: CallOptions<ModelContract[M]['event']>,
  ): Promise<ModelContract[M]['result']> {
    return this.processes[0].call(method, params, options);
  }

  /** Continues rows; see `GenerateParams`. Row numbers in events and results are those of the request. */
  async generate(params: GenerateParams, options: CallOptions<GenerateEvent> = {}): Promise<GeneratedRow[]> {
    const results = new Array<GeneratedRow>(params.rows.length);
    await this.together(options.signal, (process, which, signal) => {
      const mine = params.rows.map((_, row) => row).filter(row => row % this.processes.length === which);
      if (mine.length === 0) return undefined;
      const onEvent = (event: GenerateEvent) => {
        if (event.kind === 'finished') options.onEvent?.({ ...event, row: mine[event.row] });
        else options.onEvent?.({ ...event, rows: event.rows.map(row => mine[row]) });
      };
      const part = { ...params, rows: mine.map(row => params.rows[row]) };
      return process.call('generate', part, { signal, onEvent }).then(rows => {
        for (const [i, row] of rows.entries()) results[mine[i]] = row;
      });
    });
    return results;
  }

  /** Sums over windows of many texts; see `HarvestParams`. */
  async harvest(
    params: HarvestParams,
    options: CallOptions<{ done: number; total: number }> = {},
  ): Promise<HarvestSums> {
    const parts: HarvestSums[] = [];
    const progress = this.processes.map(() => ({ done: 0, total: 0 }));
    await this.together(options.signal, (process, which, signal) => {
      const texts = params.texts.filter((_, i) => i % this.processes.length === which);
      const onEvent = (event: { done: number; total: number }) => {
        progress[which] = event;
        options.onEvent?.({
          done: progress.reduce((sum, p) => sum + p.done, 0),
          total: params.texts.reduce((sum, text) => sum + text.ids.length, 0),
        });
      };
      return process.call('harvest', { ...params, texts }, { signal, onEvent }).then(sums => {
        parts[which] = sums;
      });
    });
    const [whole, ...rest] = parts;
    for (const part of rest) addToSums(whole, part);
    return whole;
  }

  /** Calls back, with a sentence that says how, when one of the processes ends: the pool is of no use then. */
  onEnd(listener: (reason: string) => void): void {
    for (const process of this.processes) process.onEnd(listener);
  }

  /** Ends every process. */
  stop(): void {
    stopAll(this.processes);
  }

  /** Runs a part in each process; the first failure cancels the others. */
  private async together(
    signal: AbortSignal | undefined,
    part: (process: ModelProcess, which: number, signal: AbortSignal) => Promise<void> | undefined,
  ): Promise<void> {
    const failed = new AbortController();
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    try {
      await Promise.all(this.processes.map((process, which) => part(process, which, either)));
    } catch (error) {
      failed.abort();
      throw error;
    }
  }
}

function stopAll(processes: readonly ModelProcess[]): void {
  for (const process of processes) process.stop();
}
