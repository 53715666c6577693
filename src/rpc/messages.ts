/** Messages of one link between two processes or worlds; ids belong to the side that asks. */
export type Message =
  | { kind: 'request'; id: number; method: string; params: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'ok'; id: number; value: unknown }
  | { kind: 'error'; id: number; name: string; message: string; stack?: string };

/** A link that carries messages both ways: a child process, a webview, or a pair in a test. */
export interface Port {
  post(message: Message): void;
  onMessage(listener: (message: Message) => void): void;
  /** Called once, with the reason, when nothing can come any more. */
  onClose(listener: (reason: string) => void): void;
}

/** A contract: for each method its parameters, result and the events it emits while it runs. */
export interface Method<Params, Result, Event = never> {
  params: Params;
  result: Result;
  event: Event;
}

/** Thrown where a call was cancelled; callers stay silent about it. */
export class CancelledError extends Error {
  override name = 'CancelledError';
  constructor() {
    super('Cancelled.');
  }
}
