/** Runs one job at a time, the one asked for last: another one cancels it, the same one joins it. */
export class Latest<Result> {
  private running: { key: string; result: Promise<Result>; controller: AbortController } | undefined;

  /** The result of the job of that name; rejects with a CancelledError if the job minds its signal and another follows. */
  run(key: string, job: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.running?.key === key) return this.running.result;
    this.cancel();
    const controller = new AbortController();
    const result = job(controller.signal).finally(() => {
      if (this.running?.controller === controller) this.running = undefined;
    });
    this.running = { key, result, controller };
    return result;
  }

  /** Cancels what runs. */
  cancel(): void {
    this.running?.controller.abort();
    this.running = undefined;
  }
}
