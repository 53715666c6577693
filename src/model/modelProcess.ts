import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Caller, type CallOptions } from '../rpc/caller';
import type { Message, Port } from '../rpc/messages';
import type { ModelContract, ModelInfo, ProviderChoice } from './contract';

/** How to start a model's process. */
export interface StartOptions {
  folder: string;
  threads?: number;
  /** By default the CPU. */
  provider?: ProviderChoice;
  /** The bundled process script; by default the one beside the running bundle. */
  script?: string;
  onProgress?: (progress: { done: number; total: number }) => void;
  /** Ends the process while it still opens the model; the start rejects with a CancelledError then. */
  signal?: AbortSignal;
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

  /** Starts a process and opens a model in it; throws a UserError if the folder cannot be used. */
  static async start({
    folder,
    threads,
    provider,
    script,
    onProgress,
    signal,
  }: StartOptions): Promise<ModelProcess> {
    const child = fork(script ?? join(__dirname, 'modelProcess.js'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    const port = childPort(child);
    const caller = new Caller<ModelContract>(port);
    try {
      const params = { folder, threads, provider };
      const info = await caller.call('open', params, { onEvent: onProgress, signal });
      return new ModelProcess(child, port, caller, info);
    } catch (error) {
      child.kill();
      throw error;
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
