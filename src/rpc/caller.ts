import { UserError } from '../core/errors';
import { CancelledError, type Message, type Method, type Port } from './messages';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onEvent?: (event: never) => void;
  release(): void;
}

/** What a call may be given beside its parameters. */
export interface CallOptions<Event> {
  signal?: AbortSignal;
  onEvent?: (event: Event) => void;
}

/** The asking side of a link. Every call ends: with a result, the error thrown at the other side, or the link's end. */
export class Caller<Contract extends { [M in keyof Contract]: Method<unknown, unknown, unknown> }> {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private closed: string | undefined;

  constructor(private readonly port: Port) {
    port.onMessage(message => this.receive(message));
    port.onClose(reason => this.close(reason));
  }

  /** Calls a method; rejects with a CancelledError as soon as `signal` aborts. */
  call<M extends keyof Contract & string>(
    method: M,
    params: Contract[M]['params'],
    { signal, onEvent }: CallOptions<Contract[M]['event']> = {},
  ): Promise<Contract[M]['result']> {
    return new Promise((resolve, reject) => {
      if (this.closed !== undefined) return reject(new UserError(this.closed));
      if (signal?.aborted) return reject(new CancelledError());
      const id = this.nextId++;
      const abort = () => {
        this.port.post({ kind: 'cancel', id });
        this.settle(id)?.reject(new CancelledError());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.pending.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        onEvent: onEvent as (event: never) => void,
        release: () => signal?.removeEventListener('abort', abort),
      });
      this.port.post({ kind: 'request', id, method, params });
    });
  }

  /** Rejects everything pending and every later call with this reason. */
  close(reason: string): void {
    this.closed ??= reason;
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(new UserError(this.closed));
  }

  private settle(id: number): Pending | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    call?.release();
    return call;
  }

  private receive(message: Message): void {
    if (message.kind === 'event') this.pending.get(message.id)?.onEvent?.(message.event as never);
    else if (message.kind === 'ok') this.settle(message.id)?.resolve(message.value);
    else if (message.kind === 'error') this.settle(message.id)?.reject(revive(message));
  }
}

function revive(message: { name: string; message: string; stack?: string }): Error {
  if (message.name === 'CancelledError') return new CancelledError();
  const error = message.name === 'UserError' ? new UserError(message.message) : new Error(message.message);
  if (message.stack) error.stack = message.stack;
  return error;
}
