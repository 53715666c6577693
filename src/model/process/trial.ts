import type { ProviderChoice } from '../contract';
import { PLAIN_GRAPH } from '../graph/decoder';
import type { Agreement, Trial } from '../providers';
import { Decoder } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';
import { Probe, pieceLengths, type Reading, relativeError } from './probe';

/**
 * Largest difference from the CPU of a provider that is used. Measured: float32 sums in another order differ by up to 7e-5
 * (Hugging Face's, 300M parameters) and on a software adapter by 6e-6; weights rounded to the 10 bits of half precision or
 * TF32 make 4e-3 and more; the wrong kernel makes 0.27. This is the middle, in factors, of 7e-5 and 4e-3.
 */
const TOLERANCE = 5e-4;

// At least 64: kernels for long prompts begin at 32 tokens. Three pieces of 31, and a rest.
const PROMPT_TOKENS = 100;
// Single steps after the prompt, as a generation makes them.
const STEPS = 4;
// onnxruntime's WebGPU attention takes another path (flash attention) for runs of 32 tokens and more, which is wrong on
// software adapters.
const SHORT_PIECE = 31;
// A generation's cache has at least this capacity, and a GPU copies all of it.
const TIMED_CAPACITY = 512;
const TIMED_RUNS = 3;
const TIMED_MS = 2000;

/**
 * Compares a model on its provider with the same model on the CPU: its numbers, then its speed. For `auto` a provider that
 * writes more slowly than the CPU reads and writes is given up at once: software adapters compile shaders for many seconds.
 */
export async function trial(model: LoadedModel, cpu: LoadedModel, choice: ProviderChoice): Promise<Trial> {
  const { vocabulary, maxPositions } = model.config;
  const ids = Array.from(
    { length: Math.min(PROMPT_TOKENS, maxPositions) },
    (_, i) => (i * 37 + 11) % vocabulary,
  );
  const pace = await Pace.of(cpu, ids);
  const cpuSeconds = (await pace.reading()) + (await pace.writing());
  if (choice === 'auto') {
    const seconds = await (await Pace.of(model, ids)).writing();
    if (seconds > cpuSeconds) return { seconds, cpuSeconds };
    await makeRoom(model);
  }
  const agreement = await compare(model, cpu, ids);
  await makeRoom(model);
  model.longestPiece = agreement.longestPiece;
  if (agreement.longestPiece === 0) return { agreement, seconds: Number.POSITIVE_INFINITY, cpuSeconds };
  const there = await Pace.of(model, ids);
  return { agreement, seconds: (await there.reading()) + (await there.writing()), cpuSeconds };
}

/** Each session of a GPU holds the weights. A small model keeps them all the same: with them its compiled shaders go. */
async function makeRoom(model: LoadedModel): Promise<void> {
  if (!model.small) await model.close();
}

/**
 * Largest difference of the steered residuals of every layer and of the logits, in a prompt and in single steps after it,
 * and of a batch's logits. Differences count relative to their token's largest number: the first token's residual may be a
 * thousand times larger than the others'.
 */
export async function compare(model: LoadedModel, cpu: LoadedModel, ids: number[]): Promise<Agreement> {
  const { layers } = model.config;
  const layer = Math.floor(layers / 3);
  const wanted = { logits: true, steer: [layer], residuals: Array.from({ length: layers }, (_, l) => l) };
  const steer = [{ layer, vector: 0, strength: 2 }];
  const there = new Probe(model, ids);
  const here = new Probe(cpu, ids);
  const prompt = Math.max(1, ids.length - STEPS);
  const read = (probe: Probe, longest: number) =>
    probe.read(wanted, steer, [...piecesOf(prompt, longest), ...pieceLengths(ids.length - prompt, 1)]);
  const expected = await read(here, Number.POSITIVE_INFINITY);
  let difference = Number.POSITIVE_INFINITY;
  const limits = [Number.POSITIVE_INFINITY, SHORT_PIECE].filter(limit => limit <= model.longestPiece);
  for (const longestPiece of limits) {
    difference = readingDifference(await read(there, longestPiece), expected, ids.length);
    if (difference > TOLERANCE) continue;
    const lengths = batchLengths(Math.min(ids.length, longestPiece));
    const rows = await here.batch(lengths);
    const batch = Math.max(...(await there.batch(lengths)).map((row, b) => relativeError(row, rows[b])));
    difference = Math.max(difference, batch);
    if (difference <= TOLERANCE) return { difference, longestPiece };
  }
  return { difference, longestPiece: 0 };
}

/** Without a limit two pieces, so that a run of several tokens over a filled cache is compared as well. */
function piecesOf(prompt: number, longest: number): number[] {
  const first = Math.ceil((2 * prompt) / 3);
  return Number.isFinite(longest) || first === prompt
    ? pieceLengths(prompt, longest)
    : [first, prompt - first];
}

/** Three different lengths of at least two tokens, the longest being `most`. */
export function batchLengths(most: number): number[] {
  return [most, Math.ceil(most / 2), most - 3].map(length => Math.max(2, length));
}

function readingDifference(a: Reading, b: Reading, tokens: number): number {
  const pairs = [[a.logits, b.logits], ...b.residuals.map((residual, i) => [a.residuals[i], residual])];
  let largest = 0;
  for (const [got, expected] of pairs) {
    const width = expected.length / tokens;
    for (let start = 0; start < expected.length; start += width) {
      const row = relativeError(got.subarray(start, start + width), expected.subarray(start, start + width));
      largest = Math.max(largest, row);
    }
  }
  return largest;
}

/** How fast a model reads a text and writes as many tokens: the best of a few runs, because the first compile shaders. */
class Pace {
  private constructor(
    private readonly model: LoadedModel,
    private readonly decoder: Decoder,
    private readonly ids: number[],
  ) {}

  static async of(model: LoadedModel, ids: number[]): Promise<Pace> {
    const { config } = model;
    const cache = new KvCache(config, config.layers, 1, Math.min(TIMED_CAPACITY, config.maxPositions));
    const spec = { ...PLAIN_GRAPH, blocks: config.layers, logits: true };
    return new Pace(model, await Decoder.create(model, spec, cache, model.small), ids);
  }

  /** Seconds to read the text. */
  reading(): Promise<number> {
    return best(async () => {
      let start = 0;
      for (const tokens of pieceLengths(this.ids.length, this.model.longestPiece)) {
        await this.decoder.run({
          firstRow: 0,
          batch: 1,
          tokens,
          ids: Int32Array.from(this.ids.slice(start, start + tokens)),
          lengths: Int32Array.of((start += tokens) - 1),
          rows: Int32Array.of(tokens - 1),
        });
      }
    });
  }

  /** Seconds to write as many tokens, from one step at the text's end. */
  async writing(): Promise<number> {
    const step = this.decoder.repeated(1, {});
    step.ids[0] = this.ids[0];
    step.lengths[0] = this.ids.length - 1;
    return this.ids.length * (await best(step.run));
  }
}

async function best(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2 || (i < TIMED_RUNS && performance.now() - begin < TIMED_MS); i++) {
    const started = performance.now();
    await run();
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest / 1000;
}
