import { join } from 'node:path';
import { type LabelVector, labelCounts } from '../core/differenceOfMeans';
import { UserError } from '../core/errors';
import { keywordRate, mean } from '../core/keywordRate';
import { bestReadable } from '../core/readableCells';
import type { ReproduceResults, SteeredCell } from '../core/results';
import { makeFolder } from '../files/rolloutFolder';
import { writeVector } from '../files/vectorFile';
import { samplingDefaults } from '../model/samplingDefaults';
import type { TextModel } from '../model/textModel';
import { FigureRunner, type StageDisplay } from './figureRunner';
import { baselinePlans, defaultStrengths, layerPlans, twoByTwoPlans, windowPlans } from './figures';
import { judgeFindings } from './findings';
import { HARVEST_OFFSETS, type TokenizedRollout, tokenizeRollouts } from './harvestRollouts';
import { vectorMetadata } from './makeVector';
import { harvestPair } from './pairHarvest';
import {
  BACKTRACKING,
  cosinesByLayer,
  lensByLayer,
  type PairSums,
  type Place,
  vectorOf,
} from './pairVectors';
import { projectTrace } from './projectTrace';
import type { StudyPrompt } from './prompts';
import { Stages } from './stages';
import { type MeasuredCell, onFirstPrompts } from './steeredCells';
import { TOOL_VERSION } from './version';

/** What to reproduce, on which pair. */
export interface Reproduction {
  base: TextModel;
  reasoning: TextModel;
  rolloutsFolder: string;
  out: string;
  /** Prompts to measure steering on; by default the rollouts' own. */
  prompts?: StudyPrompt[];
  /** Prompts used at most. */
  count?: number;
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
  onStage?: (title: string) => StageDisplay;
}

/** Runs the paper's pipeline on labelled rollouts; writes vectors, traces and what each stage found into a folder. */
export async function reproduce(r: Reproduction): Promise<ReproduceResults> {
  requirePair(r);
  requireUsable(r);
  const layer = r.layer ?? Math.round((10 / 32) * r.reasoning.identity.layers);
  const place = { layer, offset: r.offset, length: r.length };
  const rollouts = await tokenizeRollouts(r.reasoning, r.rolloutsFolder);
  const prompts = (r.prompts ?? rollouts.map(ownPrompt)).slice(0, r.count);
  const stages = new Stages(join(r.out, 'stages'));
  const sums = await harvest(r, rollouts, stages);
  const vectors = {
    base: backtrackingVector(sums.base, place, r),
    reasoning: backtrackingVector(sums.reasoning, place, r),
  };
  await keepVectors(r, rollouts, sums, place, vectors);

  const key = stageKey(r, rollouts, place);
  const { maxTokens, ...sampling } = samplingDefaults(r.reasoning.folder, r);
  const { out, seed, signal, onStage } = r;
  const runner = new FigureRunner({
    models: r,
    out,
    stages,
    key,
    seed,
    sampling,
    maxTokens,
    signal,
    onStage,
  });
  const wanted = r.strengths ?? defaultStrengths(vectors.base.norm, vectors.base.meanNorm);
  const strengths = [0, ...wanted.filter(strength => strength !== 0)];

  const plans = twoByTwoPlans(sums, place, strengths);
  const reasoningCells = await runner.run('two-by-two, reasoning model', 'reasoning', plans, prompts);
  const baseCells = await runner.run('two-by-two, base model', 'base', plans, prompts);
  const ours = cellsOf(reasoningCells).filter(cell => cell.intervention === 'base-derived');
  const steered = ours.filter(cell => cell.strength !== 0);
  const strength = bestReadable(steered, ours)?.strength ?? strengths[strengths.length >> 1];
  // The other figures need the best strength and the one below it, on half of the prompts.
  const few = [...new Set([strengths[Math.max(1, strengths.indexOf(strength) - 1)], strength])];
  const half = prompts.slice(0, Math.ceil(prompts.length / 2));
  const labels = [...labelCounts(sums.base).keys()].filter(label => label !== BACKTRACKING);
  const controls = await runner.run('baselines', 'reasoning', baselinePlans(sums, place, few, labels), half);
  const windowCells = windowPlans(sums, place, r.windowOffsets, few);
  const windows = await runner.run('windows', 'reasoning', windowCells, half);
  const layers = await runner.run('layers', 'reasoning', layerPlans(sums, place, strength), half);
  const backtracking = rollouts.find(({ sentences }) => sentences.some(s => s.label === BACKTRACKING));

  const measured: Omit<ReproduceResults, 'findings'> = {
    toolVersion: TOOL_VERSION,
    base: identityOf(r.base),
    reasoning: identityOf(r.reasoning),
    rollouts: rolloutCounts(rollouts, sums),
    choice: place,
    vectors: [
      { source: 'base-derived', ...statistics(vectors.base) },
      { source: 'reasoning-derived', ...statistics(vectors.reasoning) },
    ],
    cosineByLayer: cosinesByLayer(sums, place),
    lensByLayer: await stages.run('lens', key, () => lensByLayer(r, sums, place)),
    twoByTwo: [...cellsOf(reasoningCells), ...cellsOf(baseCells)],
    baselines: cellsOf([
      ...reasoningCells
        .filter(({ cell }) => cell.intervention === 'base-derived')
        .map(measured => onFirstPrompts(measured, half.length)),
      ...controls,
    ]),
    windows: cellsOf(windows),
    layers: cellsOf(layers),
    projection: backtracking
      ? await projectTrace(r.reasoning, backtracking, vectors.base.vector, layer, sums.reasoning)
      : null,
    example: example(reasoningCells, prompts[0], strength),
    seconds: stages.seconds,
    settings: { seed: r.seed, prompts: prompts.length, strengths, command: r.command },
  };
  return { ...measured, findings: judgeFindings(measured) };
}

function requirePair({ base, reasoning }: Reproduction): void {
  const [a, b] = [base.identity, reasoning.identity];
  if (a.dModel === b.dModel && a.layers === b.layers) return;
  throw new UserError(
    `${base.folder} and ${reasoning.folder} are not a pair: their widths or depths differ (${a.dModel} × ${a.layers}, ${b.dModel} × ${b.layers}).`,
  );
}

/** What can be refused before any work is done. */
function requireUsable({ reasoning, layer, offset, length, windowOffsets, strengths }: Reproduction): void {
  const { name, layers } = reasoning.identity;
  if (layer !== undefined && layer >= layers) {
    throw new UserError(`Layer ${layer} does not exist: ${name} has layers 0 to ${layers - 1}.`);
  }
  const [low, high] = HARVEST_OFFSETS;
  for (const first of [offset, ...windowOffsets]) {
    if (first < low || first + length - 1 > high) {
      throw new UserError(
        `The window of ${length} tokens from ${first} is not harvested: windows lie within ${low} and ${high} of a sentence's first token.`,
      );
    }
  }
  if (strengths?.every(strength => strength === 0)) {
    throw new UserError('Give at least one strength that is not 0 (--strengths 0,2,4).');
  }
}

async function harvest(r: Reproduction, rollouts: TokenizedRollout[], stages: Stages): Promise<PairSums> {
  const display = r.onStage?.('Harvest of both models');
  const started = performance.now();
  const sums = await harvestPair(r, rollouts, { signal: r.signal, onProgress: display?.update });
  stages.seconds.harvest = (performance.now() - started) / 1000;
  display?.finish(`${sums.base.totals.tokens} tokens × ${sums.base.layers.length} layers × 2 models`);
  return sums;
}

function backtrackingVector(sums: PairSums['base'], place: Place, r: Reproduction): LabelVector {
  const vector = vectorOf(sums, BACKTRACKING, place);
  if (vector) return vector;
  throw new UserError(
    `The rollouts in ${r.rolloutsFolder} have no sentence labelled ${BACKTRACKING}; there is no vector to compute.`,
  );
}

async function keepVectors(
  r: Reproduction,
  rollouts: TokenizedRollout[],
  sums: PairSums,
  place: Place,
  vectors: { base: LabelVector; reasoning: LabelVector },
): Promise<void> {
  const folder = join(r.out, 'vectors');
  await makeFolder(folder);
  for (const which of ['base', 'reasoning'] as const) {
    const request = { label: BACKTRACKING, ...place };
    const metadata = vectorMetadata(r[which], rollouts, sums[which], request, vectors[which]);
    await writeVector(join(folder, `${which}-derived.safetensors`), vectors[which].vector, metadata);
  }
}

/** What a kept stage must agree with beside its own settings: both models, the rollouts, the place and the seed. */
function stageKey(
  { base, reasoning, seed }: Reproduction,
  rollouts: TokenizedRollout[],
  place: Place,
): object {
  return {
    version: TOOL_VERSION,
    base: base.identity.hash,
    reasoning: reasoning.identity.hash,
    rollouts: rollouts.map(({ stored }) => stored.hash),
    place,
    seed,
  };
}

function rolloutCounts(rollouts: TokenizedRollout[], sums: PairSums): ReproduceResults['rollouts'] {
  return {
    count: rollouts.length,
    tokens: sums.base.totals.tokens,
    labels: Object.fromEntries(labelCounts(sums.base)),
    b: mean(rollouts.map(({ stored }) => keywordRate(stored.rollout.response))),
  };
}

/** The first prompt's traces with the same seed: no picking. */
function example(
  measured: MeasuredCell[],
  { prompt }: StudyPrompt,
  strength: number,
): ReproduceResults['example'] {
  const trace = (at: number) =>
    measured.find(({ cell }) => cell.intervention === 'base-derived' && cell.strength === at)?.traces[0].text;
  const unsteered = trace(0);
  const steered = trace(strength);
  return unsteered !== undefined && steered !== undefined ? { prompt, strength, unsteered, steered } : null;
}

function ownPrompt({ stored: { name, rollout } }: TokenizedRollout): StudyPrompt {
  return { id: name, category: '', prompt: rollout.prompt };
}

function cellsOf(measured: MeasuredCell[]): SteeredCell[] {
  return measured.map(({ cell }) => cell);
}

function identityOf({ identity: { name, hash, layers, dModel } }: TextModel): ReproduceResults['base'] {
  return { name, hash, layers, dModel };
}

function statistics({ norm, meanNorm, positives, windows, splitHalfCosine }: LabelVector) {
  return { norm, meanNorm, positives, windows, splitHalf: splitHalfCosine };
}
