import { CancelledError, type Message, type Method, type Port } from './messages';

/** What a handler may use while it runs. */
export interface CallContext<Event> {
  signal: AbortSignal;
  emit(event: Event): void;
}

/** One function for each method of a contract. */
export type Handlers<Contract extends { [M in keyof Contract]: Method<unknown, unknown, unknown> }> = {
  [M in keyof Contract]: (
    params: Contract[M]['params'],
    context: CallContext<Contract[M]['event']>,
  ) => Promise<Contract[M]['result']> | Contract[M]['result'];
};

/** Answers the requests that come over a link; a handler that throws rejects the call at the other side. */
export function answer<Contract extends { [M in keyof Contract]: Method<unknown, unknown, unknown> }>(
  port: Port,
  handlers: Handlers<Contract>,
): void {
  const running = new Map<number, AbortController>();
  port.onClose(() => {
    for (const controller of running.values()) controller.abort();
  });
  port.onMessage(message => {
    if (message.kind === 'cancel') running.get(message.id)?.abort();
    else if (message.kind === 'request') void run(message);
  });

  async function run({ id, method, params }: Extract<Message, { kind: 'request' }>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = handlers[method as keyof Contract];
      if (!handler) throw new Error(`unknown method ${method}`);
      const emit = (event: unknown) => port.post({ kind: 'event', id, event });
      port.post({ kind: 'ok', id, value: await handler(params, { signal: controller.signal, emit }) });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      port.post({ kind: 'error', id, name: error.name, message: error.message, stack: error.stack });
    } finally {
      running.delete(id);
    }
  }
}

/** Throws a CancelledError if the call was cancelled. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new CancelledError();
}
