import { join } from 'node:path';
import { labelCounts } from '../core/differenceOfMeans';
import { UserError } from '../core/errors';
import { keywordRate, mean } from '../core/keywordRate';
import { bestReadable } from '../core/readableCells';
import type { ProjectedTrace, ReproduceResults } from '../core/results';
import { dot, norm } from '../core/vectorAlgebra';
import { atomicWrite } from '../files/atomicWrite';
import { makeFolder } from '../files/rolloutFolder';
import { writeVector } from '../files/vectorFile';
import { samplingDefaults } from '../model/samplingDefaults';
import { mapTokens } from '../model/text/tokenMap';
import type { TextModel } from '../model/textModel';
import {
  baselinePlans,
  defaultStrengths,
  layerPlans,
  strengthOf,
  twoByTwoPlans,
  windowPlans,
} from './figures';
import { judgeFindings } from './findings';
import { harvestRollouts, type TokenizedRollout, tokenizeRollouts } from './harvestRollouts';
import { vectorMetadata } from './makeVector';
import {
  BACKTRACKING,
  cosinesByLayer,
  lensByLayer,
  meanActivationVector,
  type PairSums,
  type Place,
  vectorOf,
} from './pairVectors';
import type { StudyPrompt } from './prompts';
import { Stages } from './stages';
import { type CellPlan, type MeasuredCell, measureCells } from './steeredCells';
import { TOOL_VERSION } from './version';

/** What to reproduce, on which pair. */
export interface Reproduction {
  base: TextModel;
  reasoning: TextModel;
  rolloutsFolder: string;
  out: string;
  /** Prompts to measure steering on; by default the rollouts' own. */
  prompts?: StudyPrompt[];
  /** Layer of the vectors; by default a third of the way, as in the paper (10 of 32). */
  layer?: number;
  offset: number;
  length: number;
  strengths?: number[];
  windowOffsets: number[];
  temperature?: number;
  maxTokens?: number;
  seed: number;
  command: string;
  signal?: AbortSignal;
  /** A stage begins; call the result with its progress and then without arguments when it ends. */
  onStage?: (title: string) => { update(done: number, total: number): void; finish(detail?: string): void };
}

/** Runs the paper's pipeline on labelled rollouts and writes vectors, traces and results into a folder. */
export async function reproduce(r: Reproduction): Promise<ReproduceResults> {
  return new Run(r).run();
}

class Run {
  private readonly stages: Stages;
  private rollouts: TokenizedRollout[] = [];
  private place!: Place;
  private sums!: PairSums;
  private prompts: StudyPrompt[] = [];

  constructor(private readonly r: Reproduction) {
    this.stages = new Stages(join(r.out, 'stages'));
    if (
      r.base.identity.dModel !== r.reasoning.identity.dModel ||
      r.base.identity.layers !== r.reasoning.identity.layers
    ) {
      throw new UserError(
        `${r.base.folder} and ${r.reasoning.folder} are not a pair: their widths or depths differ (${r.base.identity.dModel} × ${r.base.identity.layers}, ${r.reasoning.identity.dModel} × ${r.reasoning.identity.layers}).`,
      );
    }
  }

  async run(): Promise<ReproduceResults> {
    const { r } = this;
    const layer = r.layer ?? Math.max(0, Math.round((10 / 32) * r.reasoning.identity.layers));
    this.place = { layer, offset: r.offset, length: r.length };
    this.rollouts = await tokenizeRollouts(r.reasoning, r.rolloutsFolder);
    this.prompts =
      r.prompts ??
      this.rollouts.map(({ stored }) => ({ id: stored.name, category: '', prompt: stored.rollout.prompt }));
    await this.harvest();
    const base = vectorOf(this.sums.base, BACKTRACKING, this.place);
    const reasoning = vectorOf(this.sums.reasoning, BACKTRACKING, this.place);
    if (!base || !reasoning) {
      throw new UserError(
        `The rollouts in ${r.rolloutsFolder} have no sentence labelled ${BACKTRACKING}; there is no vector to compute.`,
      );
    }
    await this.keepVector('base', base);
    await this.keepVector('reasoning', reasoning);

    const wanted = r.strengths ?? defaultStrengths(base.norm, base.meanNorm);
    const strengths = [0, ...wanted.filter(strength => strength !== 0)];
    const { sums, place } = this;
    const lens = await this.stages.run('lens', this.settings({ offset: r.offset, length: r.length }), () =>
      lensByLayer(r, sums, place),
    );
    const plans = twoByTwoPlans(sums, place, strengths);
    const reasoningCells = await this.cells('two-by-two, reasoning model', 'reasoning', plans);
    const baseCells = await this.cells('two-by-two, base model', 'base', plans);
    const ours = reasoningCells
      .filter(({ cell }) => cell.intervention === 'base-derived')
      .map(({ cell }) => cell);
    const best = bestReadable(
      ours.filter(cell => cell.strength > 0),
      ours,
    );
    const strength = strengthOf(best, strengths);
    const few = [...new Set([strengths[Math.max(1, strengths.indexOf(strength) - 1)], strength])];
    const labels = [...labelCounts(sums.base).keys()].filter(label => label !== BACKTRACKING);
    const half = this.prompts.slice(0, Math.ceil(this.prompts.length / 2));
    const controls = await this.cells(
      'baselines',
      'reasoning',
      baselinePlans(sums, place, few, labels),
      half,
    );
    const windows = await this.cells(
      'windows',
      'reasoning',
      windowPlans(sums, place, r.windowOffsets, few),
      half,
    );
    const layers = await this.cells('layers', 'reasoning', layerPlans(sums, place, strength), half);
    const unsteered = reasoningCells.find(({ cell }) => cell.strength === 0);
    const steered = reasoningCells.find(
      ({ cell }) => cell.intervention === 'base-derived' && cell.strength === strength,
    );

    const measured: Omit<ReproduceResults, 'findings'> = {
      toolVersion: TOOL_VERSION,
      base: identityOf(r.base),
      reasoning: identityOf(r.reasoning),
      rollouts: this.rolloutCounts(),
      choice: this.place,
      vectors: [
        { source: 'base-derived', ...statistics(base) },
        { source: 'reasoning-derived', ...statistics(reasoning) },
      ],
      cosineByLayer: cosinesByLayer(sums, place),
      lensByLayer: lens,
      twoByTwo: [...reasoningCells, ...baseCells].map(({ cell }) => cell),
      baselines: [...ours, ...controls.map(({ cell }) => cell)],
      windows: windows.map(({ cell }) => cell),
      layers: layers.map(({ cell }) => cell),
      projection: await this.projection(base.vector),
      example:
        unsteered && steered
          ? {
              prompt: this.prompts[0].prompt,
              strength,
              unsteered: unsteered.traces[0].text,
              steered: steered.traces[0].text,
            }
          : null,
      seconds: this.stages.seconds,
      settings: { seed: r.seed, prompts: this.prompts.length, strengths, command: r.command },
    };
    return { ...measured, findings: judgeFindings(measured) };
  }

  /** One pass over the rollouts for each model, side by side; every label, layer and offset is a slice of it. */
  private async harvest(): Promise<void> {
    const { r, rollouts } = this;
    const layers = Array.from({ length: r.base.identity.layers }, (_, layer) => layer);
    const table = mapTokens(r.reasoning.tokenizer, r.base.tokenizer);
    const stage = r.onStage?.('Harvest of both models');
    const progress = { base: 0, reasoning: 0 };
    const start = performance.now();
    const update = (side: 'base' | 'reasoning') => (done: number, total: number) => {
      progress[side] = done;
      stage?.update(progress.base + progress.reasoning, 2 * total);
    };
    const [base, reasoning] = await Promise.all([
      harvestRollouts(r.base, rollouts, {
        layers,
        map: ids => ids.map(id => table[id]),
        signal: r.signal,
        onProgress: update('base'),
      }),
      harvestRollouts(r.reasoning, rollouts, { layers, signal: r.signal, onProgress: update('reasoning') }),
    ]);
    this.sums = { base, reasoning };
    this.stages.seconds.harvest = (performance.now() - start) / 1000;
    stage?.finish(`${base.totals.tokens} tokens × ${layers.length} layers × 2 models`);
  }

  private async cells(
    title: string,
    which: 'base' | 'reasoning',
    plans: CellPlan[],
    prompts = this.prompts,
  ): Promise<MeasuredCell[]> {
    const { r } = this;
    const { maxTokens, ...sampling } = samplingDefaults(r.reasoning.folder, {
      temperature: r.temperature,
      maxTokens: r.maxTokens,
    });
    const stage = r.onStage?.(`Steering: ${title}`);
    const name = title.replace(/\W+/g, '-');
    const described = plans.map(({ vector, ...plan }) => ({ ...plan, sum: vector ? norm(vector) : null }));
    const settings = this.settings({ which, described, prompts, sampling, maxTokens });
    const measured = await this.stages.run(name, settings, () =>
      measureCells(r[which], which, plans, {
        prompts,
        seed: r.seed,
        sampling,
        maxTokens,
        signal: r.signal,
        onProgress: stage?.update,
      }),
    );
    const lines = measured.flatMap(({ cell, traces }) =>
      traces.map(trace =>
        JSON.stringify({
          model: cell.model,
          intervention: cell.intervention,
          layer: cell.layer,
          offset: cell.offset,
          strength: cell.strength,
          ...trace,
        }),
      ),
    );
    await makeFolder(join(r.out, 'traces'));
    await atomicWrite(join(r.out, 'traces', `${name}.jsonl`), `${lines.join('\n')}\n`);
    stage?.finish(`${plans.length} cells of ${prompts.length} traces`);
    return measured;
  }

  /** Fig. 6 for the first rollout that backtracks: (h_t − mean)·v / |v| for each token. */
  private async projection(v: Float32Array): Promise<ProjectedTrace | null> {
    const { r, place, sums } = this;
    const rollout = this.rollouts.find(({ sentences }) =>
      sentences.some(({ label }) => label === BACKTRACKING),
    );
    if (!rollout) return null;
    const length = norm(v);
    const direction = v.map(x => x / length);
    const pool = await r.reasoning.pool();
    const [projections] = await pool.call('project', {
      ids: rollout.ids,
      layers: [place.layer],
      directions: [direction],
    });
    const centre = dot(meanActivationVector(sums.reasoning, place.layer), direction);
    const starts = new Set(
      rollout.sentences.filter(({ label }) => label === BACKTRACKING).map(({ first }) => first),
    );
    return {
      name: rollout.stored.name,
      tokens: rollout.ids.map((_, t) => ({
        text: rollout.text.slice(rollout.starts[t], rollout.ends[t]),
        projection: projections[t] - centre,
        backtracking: starts.has(t),
      })),
    };
  }

  private async keepVector(
    which: 'base' | 'reasoning',
    vector: NonNullable<ReturnType<typeof vectorOf>>,
  ): Promise<void> {
    const folder = join(this.r.out, 'vectors');
    await makeFolder(folder);
    const request = { label: BACKTRACKING, ...this.place };
    const metadata = vectorMetadata(this.r[which], this.rollouts, this.sums[which], request, vector);
    await writeVector(join(folder, `${which}-derived.safetensors`), vector.vector, metadata);
  }

  private rolloutCounts(): ReproduceResults['rollouts'] {
    return {
      count: this.rollouts.length,
      tokens: this.sums.base.totals.tokens,
      labels: Object.fromEntries(labelCounts(this.sums.base)),
      b: mean(this.rollouts.map(({ stored }) => keywordRate(stored.rollout.response))),
    };
  }

  /** What a kept stage must agree with: both models, the rollouts and the stage's own settings. */
  private settings(own: object): object {
    const { base, reasoning, seed } = this.r;
    return {
      version: TOOL_VERSION,
      base: base.identity.hash,
      reasoning: reasoning.identity.hash,
      rollouts: this.rollouts.map(({ stored }) => stored.hash),
      place: this.place,
      seed,
      ...own,
    };
  }
}

function identityOf({ identity: { name, hash, layers, dModel } }: TextModel): ReproduceResults['base'] {
  return { name, hash, layers, dModel };
}

function statistics({
  norm,
  meanNorm,
  positives,
  windows,
  splitHalfCosine,
}: NonNullable<ReturnType<typeof vectorOf>>) {
  return { norm, meanNorm, positives, windows, splitHalf: splitHalfCosine };
}
