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
  const writes: Promise<void>[] = [];
  if (missing.length > 0) {
    const rows = missing.map(({ prompt, seed }) => ({ ids: model.promptIds(prompt.prompt), seed }));
    const pool = await model.pool();
    await pool.generate(
      { rows, vectors: [], sampling: run.sampling, maxTokens: run.maxTokens, stop: model.stop },
      {
        signal: options.signal,
        onEvent: event => {
          if (event.kind !== 'finished') return;
          const { name, prompt, seed } = missing[event.row];
          const { tokenIds, finishReason } = event.result;
          tokens += tokenIds.length;
          writes.push(
            writeRollout(folder, {
              name,
              rollout: { prompt: prompt.prompt, response: model.continuationText(tokenIds) },
              metadata: {
                id: prompt.id,
                category: prompt.category,
                ...provenance,
                seed,
                finishReason,
                tool: TOOL_VERSION,
              },
            }),
          );
          options.onProgress?.(++done, all.length);
        },
      },
    );
    await Promise.all(writes);
  }
  return { written: missing.length, found: all.length - missing.length, tokens };
}

function planned(prompts: StudyPrompt[], index: number, seed: number): Planned {
  const prompt = prompts[index % prompts.length];
  const round = Math.floor(index / prompts.length);
  const safe = prompt.id.replace(/[^\p{L}\p{N}_.-]+/gu, '-');
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
