import { UserError } from '../core/errors';
import { CancelledError } from '../rpc/messages';

// Elsewhere than on a terminal a line every few seconds tells that a long stage is alive, and a short one needs none.
const PLAIN_INTERVAL_MS = 5000;

/** Progress of one stage: a bar that redraws on a terminal, a plain line now and then elsewhere. Writes to stderr. */
export class Progress {
  private readonly started = performance.now();
  private lastDrawn = performance.now();
  private drawn = false;

  constructor(private readonly title: string) {}

  /** Shows `done` of `total`. */
  update = (done: number, total: number): void => {
    if (total <= 0) return;
    if (process.stderr.isTTY) this.drawBar(done, total);
    else {
      const now = performance.now();
      if (now - this.lastDrawn < PLAIN_INTERVAL_MS) return;
      this.lastDrawn = now;
      process.stderr.write(`${this.title}: ${done} of ${total}\n`);
    }
  };

  /** Leaves the stage's line with what it took. */
  finish(detail = ''): void {
    const seconds = ((performance.now() - this.started) / 1000).toFixed(1);
    if (this.drawn) process.stderr.write('\r\x1b[2K');
    process.stderr.write(`${this.title}${detail ? `: ${detail}` : ''} (${seconds} s)\n`);
  }

  private drawBar(done: number, total: number): void {
    const now = performance.now();
    if (now - this.lastDrawn < 50 && done < total) return;
    this.lastDrawn = now;
    this.drawn = true;
    const width = 24;
    const filled = Math.round((width * done) / total);
    const left = done > 0 ? ((now - this.started) / 1000) * (total / done - 1) : 0;
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    process.stderr.write(`\r\x1b[2K${this.title} ${bar} ${done}/${total}, ${left.toFixed(0)} s left`);
  }
}

/** Aborts at the first Ctrl-C; a second one ends the process at once. */
export function cancelOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

/** Reports a failure: the message alone on the last line of stderr, exit code 1 (130 when cancelled). */
export function fail(error: unknown, verbose: boolean): void {
  process.exitCode = error instanceof CancelledError ? 130 : 1;
  const thrown = error instanceof Error ? error : new Error(String(error));
  if (verbose && thrown.stack) process.stderr.write(`${thrown.stack}\n`);
  const expected = thrown instanceof UserError || thrown instanceof CancelledError;
  const message = expected ? thrown.message : `Unexpected failure: ${thrown.message}`;
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  process.stderr.write(`${message.replace(/\s*\n\s*/g, ' ')}\n`);
}
