import { UserError } from '../core/errors';
import { listRollouts, makeFolder, readRollout, writeRollout } from '../files/rolloutFolder';
import type { Sampling } from '../model/contract';
import type { TextModel } from '../model/textModel';
import type { StudyPrompt } from './prompts';
import { TOOL_VERSION } from './version';

/** How rollouts are sampled. */
export interface RolloutRun {
  count: number;
  seed: number;
  sampling: Sampling;
  maxTokens: number;
}

/** What a run did: rollouts written now, and those that an earlier run had written. */
export interface RolloutSummary {
  written: number;
  found: number;
  tokens: number;
}

interface Planned {
  name: string;
  prompt: StudyPrompt;
  seed: number;
}

/**
 * Samples a rollout for each prompt (again from the first when `count` is larger) into a folder. A file is written as
 * soon as its row ends, so a run that was killed goes on where it stopped.
 */
export async function sampleRollouts(
  model: TextModel,
  prompts: StudyPrompt[],
  folder: string,
  run: RolloutRun,
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<RolloutSummary> {
  const all = Array.from({ length: run.count }, (_, i) => planned(prompts, i, run.seed));
  requireDistinctNames(all);
  const provenance = {
    model: model.identity.name,
    modelHash: model.identity.hash,
    ...run.sampling,
    maxTokens: run.maxTokens,
  };
  await makeFolder(folder);
  const present = new Set(await listRollouts(folder));
  for (const { name, seed, prompt } of all) {
    if (present.has(name)) await requireSameRun(folder, name, { ...provenance, seed, prompt: prompt.prompt });
  }
  const missing = all.filter(({ name }) => !present.has(name));
  let done = all.length - missing.length;
  let tokens = 0;
  options.onProgress?.(done, all.length);
  if (missing.length === 0) return { written: 0, found: all.length, tokens };
  const rows = missing.map(({ prompt, seed }) => ({ ids: usableIds(model, prompt), seed }));
  const writes = new Writes(options.signal);
  try {
    const pool = await model.pool();
    await pool.generate(
      { rows, vectors: [], sampling: run.sampling, maxTokens: run.maxTokens, stop: model.stop },
      {
        signal: writes.signal,
        onEvent: event => {
          if (event.kind !== 'finished') return;
          const { name, prompt, seed } = missing[event.row];
          const { tokenIds, finishReason } = event.result;
          const { id, category } = prompt;
          const metadata = { id, category, ...provenance, seed, finishReason, tool: TOOL_VERSION };
          const rollout = { prompt: prompt.prompt, response: model.continuationText(tokenIds) };
          tokens += tokenIds.length;
          writes.add(writeRollout(folder, { name, rollout, metadata }));
          options.onProgress?.(++done, all.length);
        },
      },
    );
  } finally {
    await writes.end();
  }
  return { written: missing.length, found: all.length - missing.length, tokens };
}

/** Files being written while rows are drawn: the first that cannot be written ends the run with its reason. */
class Writes {
  private readonly pending: Promise<void>[] = [];
  private readonly failed = new AbortController();
  private failure: unknown;

  constructor(private readonly outer: AbortSignal | undefined) {}

  /** Aborts when the caller gives up or a write fails. */
  get signal(): AbortSignal {
    return this.outer ? AbortSignal.any([this.outer, this.failed.signal]) : this.failed.signal;
  }

  add(write: Promise<void>): void {
    this.pending.push(
      write.catch(error => {
        this.failure ??= error;
        this.failed.abort();
      }),
    );
  }

  /** Waits until all is written; throws the first failure. */
  async end(): Promise<void> {
    await Promise.all(this.pending);
    if (this.failure) throw this.failure;
  }
}

/** Ids of a prompt; a UserError that names the prompt if the model cannot take it. */
function usableIds(model: TextModel, { id, prompt }: StudyPrompt): number[] {
  const ids = model.promptIds(prompt);
  if (ids.length < model.maxPositions) return ids;
  throw new UserError(
    `The prompt ${id} has ${ids.length} tokens; ${model.identity.name} takes ${model.maxPositions} at most, its answer included. Shorten or remove it.`,
  );
}

/** Two prompts must not share a file, also where a file system takes Q and q for one. */
function requireDistinctNames(all: Planned[]): void {
  const seen = new Map<string, string>();
  for (const { name, prompt } of all) {
    const key = name.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) {
      throw new UserError(
        `The prompts ${other} and ${prompt.id} would both be written to ${name}; give them different ids.`,
      );
    }
    seen.set(key, prompt.id);
  }
}

function planned(prompts: StudyPrompt[], index: number, seed: number): Planned {
  const prompt = prompts[index % prompts.length];
  const round = Math.floor(index / prompts.length);
  const safe = prompt.id.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[.-]+/, '') || 'prompt';
  return { name: round === 0 ? safe : `${safe}.${round + 1}`, prompt, seed: seed + index };
}

/** A folder holds one run: files of another model, seed or sampling are not silently mixed in. */
async function requireSameRun(
  folder: string,
  name: string,
  expected: Record<string, unknown>,
): Promise<void> {
  const { metadata, rollout } = await readRollout(folder, name);
  const found: Record<string, unknown> = { ...metadata, prompt: rollout.prompt };
  for (const [key, value] of Object.entries(expected)) {
    if (value !== undefined && found[key] !== value) {
      throw new UserError(
        `${folder} holds the rollout ${name} of another run (${key} is ${String(found[key])}, now ${String(value)}). Name another folder, or repeat that run's settings to finish it.`,
      );
    }
  }
}
