import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenScoresEvent, TokenScoresParams } from '../../src/model/contract';
import type { ModelProcess } from '../../src/model/modelProcess';
import { BASE, REASONING, relativeError, startModel, Tensors } from './support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));
const VOCABULARY = 1056;
const ALL = Int32Array.from({ length: VOCABULARY }, (_, id) => id);
// Longer than two pieces, so that predictions cross their borders.
const LONG = Array.from({ length: 300 }, (_, i) => (i * 53 + 7) % 900);
const direction = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
let reasoning: ModelProcess;
let base: ModelProcess;

beforeAll(async () => {
  reasoning = await startModel(REASONING);
  base = await startModel(BASE);
});
afterAll(() => {
  reasoning.stop();
  base.stop();
  rmSync(scratch, { recursive: true, force: true });
});

type Scores = Record<TokenScoresEvent['score'], Float32Array>;

/** All scores of a text by position; NaN where none was reported. A position reported twice fails. */
async function scoresOf(params: TokenScoresParams, model = reasoning): Promise<Scores> {
  const row = () => new Float32Array(params.ids.length).fill(Number.NaN);
  const scores: Scores = { surprisal: row(), projection: row(), divergence: row() };
  const { tokens } = await model.call('tokenScores', params, {
    onEvent: ({ score, start, values }) => {
      for (const [i, value] of values.entries()) {
        expect(scores[score][start + i]).toBeNaN();
        scores[score][start + i] = value;
      }
    },
  });
  expect(tokens).toBe(params.ids.length);
  return scores;
}

/** What `activations` says of a text: resid_post of a layer, and log2 of each position's next-token distribution. */
async function truth(model: ModelProcess, ids: number[], layer: number) {
  const out = join(scratch, 'truth.safetensors');
  await model.call('activations', { ids, layers: [layer], logits: true, out });
  const read = new Tensors(out);
  const logits = read.floats('logits');
  const logP = ids.map((_, t) => {
    const row = Array.from(logits.subarray(t * VOCABULARY, (t + 1) * VOCABULARY));
    const most = Math.max(...row);
    const total = row.reduce((sum, x) => sum + Math.exp(x - most), 0);
    return row.map(x => (x - most - Math.log(total)) / Math.LN2);
  });
  return { h: read.floats(`resid_post.${layer}`), logP };
}

const divergenceFrom = (logP: number[][], logQ: number[][], common: ArrayLike<number>) =>
  logP.map((row, t) => {
    const ids = Array.from(common);
    const mass = (log: number[]) => Math.log2(ids.reduce((sum, id) => sum + 2 ** log[id], 0));
    const [p, q] = [mass(row), mass(logQ[t])];
    return ids.reduce((sum, id) => sum + 2 ** (row[id] - p) * (row[id] - p - (logQ[t][id] - q)), 0);
  });

describe('scores of every token', () => {
  it.each([
    ['several pieces', LONG],
    ['exactly one piece', LONG.slice(0, 128)],
    ['one token more', LONG.slice(0, 129)],
    ['two tokens', LONG.slice(0, 2)],
  ])('are those of the logits and residuals: %s', async (_, ids) => {
    const ours = await truth(reasoning, ids, 2);
    const theirs = await truth(base, ids, 2);
    const scores = await scoresOf({
      ids,
      surprisal: true,
      projection: { layer: 2, direction },
      divergence: { folder: BASE, baseIds: ids, common: ALL },
    });
    for (const score of ['surprisal', 'divergence'] as const) expect(scores[score][0]).toBeNaN();
    const later = ids.slice(1);
    const surprisal = later.map((id, t) => -ours.logP[t][id]);
    expect(relativeError(scores.surprisal.subarray(1), surprisal)).toBeLessThan(1e-5);
    const divergence = divergenceFrom(ours.logP, theirs.logP, ALL).slice(0, -1);
    expect(Math.max(...divergence)).toBeGreaterThan(0.5);
    expect(relativeError(scores.divergence.subarray(1), divergence)).toBeLessThan(1e-4);
    const length = Math.hypot(...direction);
    const projection = ids.map((_, t) =>
      direction.reduce((sum, x, i) => sum + (x / length) * ours.h[t * 128 + i], 0),
    );
    expect(relativeError(scores.projection, projection)).toBeLessThan(1e-5);
  });

  it('are the same asked for alone, also from the blocks of a projection only', async () => {
    const wanted: TokenScoresParams = {
      ids: LONG,
      surprisal: true,
      projection: { layer: 0, direction },
      divergence: { folder: BASE, baseIds: LONG, common: ALL },
    };
    const together = await scoresOf(wanted);
    for (const score of ['surprisal', 'projection', 'divergence'] as const) {
      const alone = await scoresOf({ ids: LONG, [score]: wanted[score] });
      const first = score === 'projection' ? 0 : 1;
      expect(relativeError(alone[score].subarray(first), together[score].subarray(first))).toBeLessThan(1e-5);
      for (const other of ['surprisal', 'projection', 'divergence'] as const)
        if (other !== score) expect(alone[other].every(Number.isNaN)).toBe(true);
    }
  });

  it('renormalise both models to the common ids, and feed the base model its own', async () => {
    const ids = LONG.slice(0, 40);
    const baseIds = ids.map(id => (id === ids[5] ? 3 : id));
    const common = ALL.filter(id => id % 3 !== 0);
    const ours = await truth(reasoning, ids, 0);
    const theirs = await truth(base, baseIds, 0);
    const { divergence } = await scoresOf({ ids, divergence: { folder: BASE, baseIds, common } });
    const expected = divergenceFrom(ours.logP, theirs.logP, common).slice(0, -1);
    expect(relativeError(divergence.subarray(1), expected)).toBeLessThan(1e-4);
  });

  it('are zero between a model and itself', async () => {
    const { divergence } = await scoresOf({
      ids: LONG,
      divergence: { folder: REASONING, baseIds: LONG, common: ALL },
    });
    expect(Math.max(...divergence.subarray(1))).toBeLessThan(1e-5);
  });

  it.each([
    [1, [Number.NaN], 1],
    [0, [], 0],
  ])('of a text of %i tokens: a projection and nothing that is predicted', async (length, none, count) => {
    const ids = LONG.slice(0, length);
    const divergence = { folder: BASE, baseIds: ids, common: ALL };
    const scores = await scoresOf({ ids, surprisal: true, projection: { layer: 5, direction }, divergence });
    expect([...scores.surprisal]).toEqual(none);
    expect([...scores.divergence]).toEqual(none);
    expect(scores.projection.filter(Number.isFinite)).toHaveLength(count);
  });

  it('stop when cancelled, and let a lens in between two pieces', async () => {
    const controller = new AbortController();
    let events = 0;
    const call = reasoning.call(
      'tokenScores',
      { ids: LONG, surprisal: true },
      { signal: controller.signal, onEvent: () => ++events === 1 && controller.abort() },
    );
    await expect(call).rejects.toThrow('Cancelled');
    expect(events).toBe(1);

    const order: string[] = [];
    const ids = Array.from({ length: 512 }, (_, i) => (i * 31 + 5) % 900);
    const scoring = reasoning
      .call(
        'tokenScores',
        { ids, divergence: { folder: BASE, baseIds: ids, common: ALL } },
        { onEvent: ({ start }) => order.push(`piece ${start}`) },
      )
      .then(() => order.push('end'));
    const lens = reasoning
      .call('lensGrid', { ids: Int32Array.of(1, 2), from: 1, to: 2, topK: 1 })
      .then(() => order.push('lens'));
    await Promise.all([scoring, lens]);
    expect(order.indexOf('lens')).toBeLessThan(order.indexOf('end'));
    expect(order.filter(entry => entry.startsWith('piece'))).toHaveLength(4);
  });

  const ids = [1, 2, 3];
  const divergence = { folder: BASE, baseIds: ids, common: ALL };
  it.each<[string, TokenScoresParams, string]>([
    ['an id beyond the vocabulary', { ids: [1, 5000], surprisal: true }, '5000'],
    [
      'a base id beyond its vocabulary',
      { ids, divergence: { ...divergence, baseIds: [1, 2, 5001] } },
      '5001',
    ],
    ['an id for nothing (-1)', { ids, divergence: { ...divergence, baseIds: [1, 2, -1] } }, '-1'],
    ['base ids of another length', { ids, divergence: { ...divergence, baseIds: [1] } }, '1 tokens'],
    [
      'a common id of one model only',
      { ids, divergence: { ...divergence, common: Int32Array.of(3, 1056) } },
      '1056',
    ],
    ['no common id', { ids, divergence: { ...divergence, common: new Int32Array() } }, 'share no token'],
    ['a text too long', { ids: new Array(513).fill(1), surprisal: true }, '512'],
    ['a layer too deep', { ids, projection: { layer: 6, direction } }, 'layers 0 to 5'],
    [
      'a vector of another model',
      { ids, projection: { layer: 1, direction: new Float32Array(64) } },
      '64 numbers',
    ],
    [
      'a vector without direction',
      { ids, projection: { layer: 1, direction: new Float32Array(128) } },
      'zero vector',
    ],
    ['a base model that is not there', { ids, divergence: { ...divergence, folder: scratch } }, scratch],
    ['nothing', { ids }, 'No score'],
  ])('are refused for %s', async (_, params, message) => {
    await expect(reasoning.call('tokenScores', params)).rejects.toThrow(message);
  });
});
