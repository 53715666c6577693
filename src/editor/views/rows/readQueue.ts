/** Files read at the same time: enough to keep a disk busy, few enough for one that is far away. */
const AT_ONCE = 16;
/** Milliseconds of work after which everybody else has a turn: half a frame. */
export const SLICE = 8;

/** Reads many small files one after the other without holding up the event loop; what is asked for twice is read once. */
export class ReadQueue<T> {
  private readonly waiting = new Set<T>();
  private running = 0;
  private ended: (() => void)[] = [];
  private sliceEnds = 0;
  private nextTurn: Promise<void> | undefined;

  constructor(
    /** Reads one; it must not reject. */
    private readonly read: (item: T) => Promise<void>,
    /** After each, with how many are left. */
    private readonly onRead: (left: number) => void,
  ) {}

  /** How many are waiting or being read. */
  get left(): number {
    return this.waiting.size + this.running;
  }

  /** Puts items at the end of the queue. */
  add(items: Iterable<T>): void {
    for (const item of items) this.waiting.add(item);
    while (this.running < AT_ONCE && this.waiting.size > 0) void this.work();
  }

  /** Forgets what is waiting. */
  clear(): void {
    this.waiting.clear();
  }

  /** Resolves once nothing is left. */
  idle(): Promise<void> {
    if (this.left === 0) return Promise.resolve();
    return new Promise(resolve => this.ended.push(resolve));
  }

  private async work(): Promise<void> {
    this.running++;
    for (let next = this.take(); next !== undefined; next = this.take()) {
      await this.turn();
      await this.read(next);
      this.onRead(this.left - 1);
    }
    this.running--;
    if (this.left > 0) return;
    const { ended } = this;
    this.ended = [];
    for (const resolve of ended) resolve();
  }

  private take(): T | undefined {
    const [first] = this.waiting;
    if (first !== undefined) this.waiting.delete(first);
    return first;
  }

  /** Waits for the event loop if this slice is used up: all readers for the same turn, else each would take a slice of its own. */
  private async turn(): Promise<void> {
    if (performance.now() < this.sliceEnds) return;
    this.nextTurn ??= new Promise(resolve =>
      setImmediate(() => {
        this.nextTurn = undefined;
        this.sliceEnds = performance.now() + SLICE;
        resolve();
      }),
    );
    await this.nextTurn;
  }
}
