import { join } from 'node:path';
import { norm } from '../core/vectorAlgebra';
import { atomicWrite } from '../files/atomicWrite';
import { makeFolder } from '../files/rolloutFolder';
import type { Sampling } from '../model/contract';
import type { TextModel } from '../model/textModel';
import type { StudyPrompt } from './prompts';
import type { Stages } from './stages';
import { type CellPlan, type MeasuredCell, measureCells } from './steeredCells';

/** Shows a stage while it runs. */
export interface StageDisplay {
  update(done: number, total: number): void;
  finish(detail?: string): void;
}

/** What every figure of a study shares. */
export interface FigureSettings {
  models: { base: TextModel; reasoning: TextModel };
  out: string;
  stages: Stages;
  /** What a kept figure must agree with beside its own plans. */
  key: object;
  seed: number;
  sampling: Sampling;
  maxTokens: number;
  signal?: AbortSignal;
  onStage?: (title: string) => StageDisplay;
}

/** Measures figures cell by cell; keeps their numbers as a stage and their traces as JSON lines. */
export class FigureRunner {
  constructor(private readonly settings: FigureSettings) {}

  /** The measured cells of one figure, from its file if nothing changed. */
  async run(
    title: string,
    which: 'base' | 'reasoning',
    plans: CellPlan[],
    prompts: StudyPrompt[],
  ): Promise<MeasuredCell[]> {
    const { models, stages, key, seed, sampling, maxTokens, signal, onStage } = this.settings;
    const display = onStage?.(`Steering: ${title}`);
    const name = title.replace(/\W+/g, '-');
    const described = plans.map(({ vector, ...plan }) => ({ ...plan, norm: vector ? norm(vector) : null }));
    const measured = await stages.run(name, { ...key, which, described, prompts, sampling, maxTokens }, () =>
      measureCells(models[which], which, plans, {
        prompts,
        seed,
        sampling,
        maxTokens,
        signal,
        onProgress: display?.update,
      }),
    );
    await this.keepTraces(name, measured);
    display?.finish(`${plans.length} cells of ${prompts.length} traces`);
    return measured;
  }

  private async keepTraces(name: string, measured: MeasuredCell[]): Promise<void> {
    const lines = measured.flatMap(({ cell: { model, intervention, layer, offset, strength }, traces }) =>
      traces.map(trace => JSON.stringify({ model, intervention, layer, offset, strength, ...trace })),
    );
    const folder = join(this.settings.out, 'traces');
    await makeFolder(folder);
    await atomicWrite(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`);
  }
}
