import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Caller, type CallOptions } from '../rpc/caller';
import type { Message, Port } from '../rpc/messages';
import type { ModelContract, ModelInfo, OpenEvent, OpenParams, Provider, RefusedProvider } from './contract';

/** How to start a model's process. */
export interface StartOptions extends OpenParams {
  /** The bundled process script; by default the one beside the running bundle. */
  script?: string;
  /** Weights are being converted. */
  onProgress?: (progress: { done: number; total: number }) => void;
  /** Ends the process while it still opens the model; the start rejects with a CancelledError then. */
  signal?: AbortSignal;
  /** Time that a provider's trial may take; by default the process's own estimate. */
  trialLimitMs?: number;
}

/**
 * A model in a process of its own: onnxruntime blocks the event loop it runs in, and a native crash takes its process
 * with it. Calls that are pending when the process ends reject with a UserError; start another to go on.
 */
export class ModelProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: Port,
    private readonly caller: Caller<ModelContract>,
    readonly info: ModelInfo,
  ) {}

  /**
   * Starts a process and opens a model in it; throws a UserError if the folder or the provider cannot be used. A provider
   * whose trial ends the process (a driver that crashes) or hangs is left out in the next process.
   */
  static async start(options: StartOptions): Promise<ModelProcess> {
    const refused = [...(options.refused ?? [])];
    for (;;) {
      const outcome = await ModelProcess.attempt({ ...options, refused });
      if (outcome instanceof ModelProcess) return outcome;
      refused.push(outcome);
    }
  }

  /** One process: the opened model, or the provider whose trial was the end of it. */
  private static async attempt(options: StartOptions): Promise<ModelProcess | RefusedProvider> {
    const { script, onProgress, signal, trialLimitMs, ...params } = options;
    const child = fork(script ?? join(__dirname, 'modelProcess.js'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const port = childPort(child);
    const caller = new Caller<ModelContract>(port);
    let trying: Provider | undefined;
    let hung: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const onEvent = (event: OpenEvent) => {
      if (event.kind === 'converting') return onProgress?.(event);
      trying = event.provider;
      const limit = trialLimitMs ?? event.limitMs;
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = `its trial did not end within ${Number((limit / 1000).toPrecision(2))} seconds`;
        caller.close(hung);
      }, limit);
    };
    try {
      const info = await caller.call('open', params, { onEvent, signal });
      return new ModelProcess(child, port, caller, info);
    } catch (error) {
      const { exitCode, signalCode } = child;
      // A driver that hangs may not let the process end by itself; without one it may still tidy up.
      child.kill(trying ? 'SIGKILL' : 'SIGTERM');
      const crashed = exitCode !== null || signalCode !== null;
      if (!trying || !(hung || crashed)) throw error;
      const why = hung ?? `its trial crashed (${signalCode ?? `exit code ${exitCode}`})`;
      return { provider: trying, why, kind: 'failed' };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls a method of the model process. */
  call<M extends keyof ModelContract & string>(
    method: M,
    params: ModelContract[M]['params'],
    options?: CallOptions<ModelContract[M]['event']>,
  ): Promise<ModelContract[M]['result']> {
    return this.caller.call(method, params, options);
  }

  /** Calls back once when the process ends, with a sentence that says how. */
  onEnd(listener: (reason: string) => void): void {
    this.port.onClose(listener);
  }

  /** Process id, for messages and tests. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Ends the process; pending calls reject. */
  stop(): void {
    this.caller.close('The model was closed.');
    this.child.kill();
  }
}

function childPort(child: ChildProcess): Port {
  let stderr = '';
  let ended: string | undefined;
  const listeners: ((reason: string) => void)[] = [];
  const end = (reason: string) => {
    ended ??= reason;
    for (const listener of listeners.splice(0)) listener(ended);
  };
  child.stderr?.on('data', chunk => {
    stderr = (stderr + chunk).slice(-4000);
  });
  child.once('error', error => end(`The model process could not be started: ${error.message}.`));
  child.once('exit', (code, signal) => {
    const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    const last = stderr.trim().split('\n').pop();
    end(
      `The model process ${how}${last ? ` (${last})` : ''}. Start it again; if it ended for lack of memory, use a smaller batch or model.`,
    );
  });
  return {
    // The callback swallows a broken pipe: the exit that caused it is reported by onClose.
    post: message => child.send(message, () => {}),
    onMessage: listener => child.on('message', message => listener(message as Message)),
    // Who asks after the end is told too: a process may end while its sister is still being started.
    onClose: listener => (ended === undefined ? listeners.push(listener) : listener(ended)),
  };
}
