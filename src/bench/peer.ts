import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UserError } from '../core/errors';

/** What the peer answers to a job. */
export interface PeerAnswer {
  /** Wall and processor seconds of the job alone, taken inside the peer: parsing the job is not counted. */
  seconds: number;
  cpu: number;
  tokenIds?: number[][];
}

/** Versions of what runs on the other side. */
export interface PeerVersions {
  transformers: string;
  torch: string;
  python: string;
}

const HOW_TO_GET_PEERS =
  'make an environment (python3 -m venv ENV, then ENV/bin/pip install -r bench/requirements.txt) and set DOUBLETAKE_PEERS_PYTHON=ENV/bin/python, or measure Doubletake alone with --ours-only';

/** The Python that has torch and transformers; throws a UserError that says how to get one. */
export function peersPython(): string {
  if (found) return found;
  const python = process.env.DOUBLETAKE_PEERS_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import torch, transformers'], { stdio: 'ignore' });
  } catch {
    throw new UserError(`${python} cannot import torch and transformers: ${HOW_TO_GET_PEERS}.`);
  }
  found = python;
  return python;
}

// Importing torch takes seconds; once is enough.
let found: string | undefined;

/** transformers with hooks in a process of its own (bench/peers.py), one job after another. */
export class Peer {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly versions: PeerVersions,
    /** Wall seconds from the interpreter's start until the model is loaded. */
    readonly startSeconds: number,
    /** Threads of the next job. */
    private threads: number,
  ) {}

  static async start(script: string, folder: string, threads: number): Promise<Peer> {
    const started = performance.now();
    const child = spawn(peersPython(), [script, folder, '--threads', String(threads)], {
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(threads),
        HF_HUB_OFFLINE: '1',
        TRANSFORMERS_VERBOSITY: 'error',
      },
    });
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr = (stderr + chunk).slice(-4000);
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new UserError(`bench/peers.py ended: ${stderr.trim().split('\n').pop()}`);
    const { versions } = JSON.parse(first.value);
    return new Peer(child, lines, versions, (performance.now() - started) / 1000, threads);
  }

  /** Process ids, for memory and processor time. */
  get pids(): number[] {
    return [this.child.pid!];
  }

  /** Runs one job of bench/peers.py. */
  async run(job: { item: string } & Record<string, unknown>): Promise<PeerAnswer> {
    this.child.stdin.write(`${JSON.stringify({ ...job, threads: this.threads })}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`bench/peers.py ended during ${job.item}`);
    return JSON.parse(line.value);
  }

  /** Tries a job with all threads and with one; later jobs get the faster: torch loses by threads on small models. */
  async tune(job: { item: string } & Record<string, unknown>): Promise<number> {
    const all = this.threads;
    const seconds = new Map<number, number>();
    for (const threads of [1, all]) {
      this.threads = threads;
      await this.run(job);
      seconds.set(threads, (await this.run(job)).seconds);
    }
    this.threads = seconds.get(1)! <= seconds.get(all)! ? 1 : all;
    return this.threads;
  }

  stop(): void {
    this.child.kill();
  }
}
