import type { ModelInfo, ProviderChoice } from '../../model/contract';
import type { ModelPool } from '../../model/modelPool';
import { TextModel } from '../../model/textModel';
import { CancelledError } from '../../rpc/messages';
import { formatBytes, inspectModelFolder } from './modelFolder';

/** What a person may know of a model: nothing is opened before it is asked for. */
export type ModelState = 'closed' | 'opening' | 'open' | 'failed';

/** Who is told of a model's changes. */
export interface ModelListener {
  /** It is opening, open, closed or failed. */
  changed(): void;
  /** Progress or memory is another now. */
  measured(): void;
}

/** One model folder on one provider: opened at first use, and again after it failed or its process ended. */
export class RunningModel {
  state: ModelState = 'closed';
  /** Why it failed: one sentence. */
  problem: string | undefined;
  /** Bytes converted while a 16-bit checkpoint is opened. */
  progress: { done: number; total: number } | undefined;
  /** Of the open model; its memory as last measured. */
  info: ModelInfo | undefined;
  private opening: Promise<TextModel> | undefined;
  private text: TextModel | undefined;
  private pool: ModelPool | undefined;
  private controller = new AbortController();

  constructor(
    readonly folder: string,
    readonly provider: ProviderChoice,
    private readonly listener: ModelListener,
  ) {}

  /** The model with its process running. Rejects with a CancelledError if it is closed meanwhile. */
  use(): Promise<TextModel> {
    if (this.state === 'closed' || this.state === 'failed') this.opening = this.open();
    return this.opening!;
  }

  /** Asks the process for its memory. */
  async measure(): Promise<void> {
    const { pool } = this;
    const memory = await pool?.memory().catch(() => undefined);
    if (memory === undefined || pool !== this.pool || !this.info) return;
    if (formatBytes(memory) === formatBytes(this.info.memory)) return;
    this.info = { ...this.info, memory };
    this.listener.measured();
  }

  /** Ends the process, or gives up its start. */
  async close(): Promise<void> {
    this.controller.abort();
    this.pool = undefined;
    if (this.state !== 'opening') this.enter('closed');
    const { text } = this;
    this.text = undefined;
    await text?.close();
  }

  private async open(): Promise<TextModel> {
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.enter('opening');
    try {
      await inspectModelFolder(this.folder);
      // Kept when its process ends: it knows which provider was the end of it.
      this.text ??= await TextModel.load(this.folder, { provider: this.provider });
      const onProgress = (progress: { done: number; total: number }) => {
        this.progress = progress;
        this.listener.measured();
      };
      if (signal.aborted) throw new CancelledError();
      const pool = await this.text.pool({ signal, onProgress });
      this.pool = pool;
      this.info = pool.info;
      this.enter('open');
      pool.onEnd(reason => {
        if (this.pool !== pool) return;
        this.pool = undefined;
        this.enter('failed', reason);
      });
      void this.measure();
      return this.text;
    } catch (error) {
      if (error instanceof CancelledError || signal.aborted) {
        this.enter('closed');
        throw new CancelledError();
      }
      this.enter('failed', (error as Error).message);
      throw error;
    }
  }

  private enter(state: ModelState, problem?: string): void {
    this.state = state;
    this.problem = problem;
    this.progress = undefined;
    if (state !== 'open') this.info = undefined;
    this.listener.changed();
  }
}
