import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { type ModelConfig, readConfig } from '../checkpoint/config';
import { requireFinite, totalBytes } from '../checkpoint/finite';
import { asFloat32 } from '../checkpoint/float32Copy';
import { locateWeights, selectWeights, type Weights } from '../checkpoint/weights';
import type { OpenParams, Provider } from '../contract';
import { cacheHeadDim } from '../graph/blocks';
import { buildDecoder, buildLens, type GraphSpec } from '../graph/decoder';
import { DIALECTS } from '../graph/dialects';
import { ropeFrequencies, ropeTables } from '../graph/rope';
import { PROVIDER_NAMES, plainReason } from '../providers';
import { BACKENDS } from './machine';

// Below this a whole model sits in the processor's caches: prepacking costs milliseconds, and one thread beats two.
const SMALL_MODEL_BYTES = 64 << 20;
// Scanning 256 MB for NaN takes about a tenth of a second; larger checkpoints are scanned when a result is not finite.
const SCAN_AT_OPEN_BYTES = 256 << 20;

/** A checkpoint ready to run: config, weights where they lie, and the sessions built from them so far. */
export class LoadedModel {
  private readonly sessions = new Map<string, Promise<InferenceSession>>();
  private rope: { positions: number; cos: Tensor; sin: Tensor } | undefined;
  private readonly root: string;
  /** True if the model fits the processor's caches. */
  readonly small: boolean;
  /** Tokens of one run at most: some GPUs compute longer ones wrongly (see trial.ts). */
  longestPiece = Number.POSITIVE_INFINITY;

  private constructor(
    readonly folder: string,
    readonly config: ModelConfig,
    readonly weights: Weights,
    private readonly threads: number,
    readonly provider: Provider,
  ) {
    this.root = commonFolder([...weights.values()].map(entry => entry.file));
    this.small = totalBytes(weights) < SMALL_MODEL_BYTES;
  }

  /** Opens a Hugging Face folder on the CPU; throws a UserError for what is missing, unknown or damaged. */
  static async open(
    options: Pick<OpenParams, 'folder' | 'threads'>,
    progress?: (done: number, total: number) => void,
  ): Promise<LoadedModel> {
    const config = readConfig(options.folder);
    // A scaling that is not known is refused now, not at the first token.
    ropeFrequencies(config.rope, config.headDim);
    const stored = selectWeights(config, locateWeights(options.folder), options.folder);
    if (totalBytes(stored) <= SCAN_AT_OPEN_BYTES) requireFinite(stored);
    const weights = await asFloat32(stored, progress);
    return new LoadedModel(options.folder, config, weights, options.threads ?? 0, 'cpu');
  }

  /** The same checkpoint with sessions of its own on another provider. */
  on(provider: Provider): LoadedModel {
    return new LoadedModel(this.folder, this.config, this.weights, this.threads, provider);
  }

  /**
   * The session of a graph, built at first use. `prepack` lays the weights out anew for matrix products of several
   * rows: 1.6 times faster at 8 rows, at the price of a second copy of the weights and a slower start.
   */
  decoder(spec: GraphSpec, prepack: boolean): Promise<InferenceSession> {
    return this.session(JSON.stringify(spec), prepack, () =>
      buildDecoder(this.config, this.weights, this.root, DIALECTS[this.provider], spec),
    );
  }

  /** The session from residuals [N,d] to logits [N,V], with or without the final norm. */
  lens(norm: boolean): Promise<InferenceSession> {
    return this.session(`lens ${norm}`, this.small, () =>
      buildLens(this.config, this.weights, this.root, DIALECTS[this.provider], norm),
    );
  }

  /** Rotary tables for at least `positions` positions. */
  ropeTensors(positions: number): { cos: Tensor; sin: Tensor } {
    if (!this.rope || this.rope.positions < positions) {
      const rounded = Math.max(256, 2 ** Math.ceil(Math.log2(positions)));
      const width = cacheHeadDim(this.config) / 2;
      const { cos, sin } = ropeTables(this.config.rope, this.config.headDim, rounded, width);
      const dims = [rounded, width];
      this.rope = {
        positions: rounded,
        cos: new Tensor('float32', cos, dims),
        sin: new Tensor('float32', sin, dims),
      };
    }
    return this.rope;
  }

  /** Throws a UserError that names a damaged tensor if there is one, else an error that says the numbers overflowed. */
  explainNonFinite(): never {
    requireFinite(this.weights);
    throw new UserError(
      `${this.folder}: the model produced NaN or infinite numbers although its weights are finite; a steering strength or gain may be too large.`,
    );
  }

  /** Runs a session; where a GPU fails, the error says what to do. */
  async run(
    session: InferenceSession,
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor | null>,
  ): Promise<Record<string, Tensor>> {
    try {
      return (await session.run(feeds, fetches as InferenceSession.FetchesType)) as Record<string, Tensor>;
    } catch (error) {
      if (this.provider === 'cpu') throw error;
      const { why } = plainReason(this.provider, error as Error);
      throw new UserError(
        `${this.folder}: ${PROVIDER_NAMES[this.provider]} failed while the model ran (${why}). Choose the provider cpu, or a smaller batch.`,
      );
    }
  }

  /** Frees every session; new ones are made when they are needed. */
  async close(): Promise<void> {
    const open = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of open) await (await session).release();
  }

  private session(name: string, wantPrepack: boolean, build: () => Uint8Array): Promise<InferenceSession> {
    // A GPU lays weights out by itself: a second session would hold them twice.
    const prepack = wantPrepack && this.provider === 'cpu';
    const key = `${name} ${prepack}`;
    let session = this.sessions.get(key);
    if (!session) {
      session = InferenceSession.create(build(), this.sessionOptions(prepack));
      this.sessions.set(key, session);
      session.catch(() => this.sessions.delete(key));
    }
    return session;
  }

  private sessionOptions(prepack: boolean): InferenceSession.SessionOptions {
    const threads = this.threads || (this.small ? 1 : availableParallelism());
    return {
      executionProviders: [BACKENDS[this.provider]],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      graphOptimizationLevel: 'all',
      extra: {
        session: {
          model_external_initializers_file_folder_path: this.root,
          disable_prepacking: prepack ? '0' : '1',
        },
      },
    };
  }
}

/** The deepest folder that holds all files: external weights are named relative to one root. */
function commonFolder(files: string[]): string {
  const parts = files.map(file => dirname(file).split(sep));
  const shared: string[] = [];
  for (let i = 0; parts.every(p => p.length > i && p[i] === parts[0][i]); i++) shared.push(parts[0][i]);
  return shared.join(sep) || sep;
}
