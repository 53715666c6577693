/** Milliseconds of work between two pauses: an editor's event loop answers keys in between. */
const SLICE = 8;

/** Lets others have their turn if this job has had its slice. */
export class Slices {
  private started = performance.now();

  /** Awaits the next turn if the slice is over. */
  async pause(): Promise<void> {
    if (performance.now() - this.started < SLICE) return;
    await new Promise(resolve => setImmediate(resolve));
    this.started = performance.now();
  }

  /** Runs a generator to its end, a slice at a time. `every` steps stand between two looks at the clock. */
  async run<T>(steps: Generator<void, T>, every = 64): Promise<T> {
    for (;;) {
      for (let i = 0; i < every; i++) {
        const { done, value } = steps.next();
        if (done) return value;
      }
      await this.pause();
    }
  }
}
