import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LensGridParams, LensGridResult } from '../../src/model/contract';
import type { ModelProcess } from '../../src/model/modelProcess';
import { REASONING, startModel, Tensors } from './support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));
const LAYERS = 6;
const D = 128;
const direction = Float32Array.from({ length: D }, (_, i) => Math.sin(i));
const text = (seed: number, length = 300) => Int32Array.from({ length }, (_, i) => (i * 53 + 7 * seed) % 900);
let model: ModelProcess;

beforeAll(async () => {
  model = await startModel(REASONING);
});
afterAll(() => {
  model.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const grid = (ids: Int32Array, from: number, to: number, more: Partial<LensGridParams> = {}) =>
  model.call('lensGrid', { ids, from, to, topK: 3, direction, ...more });

/** The numbers of one layer and position of a grid. */
function cell(
  { topK, ids, probabilities, projections, surprisal }: LensGridResult,
  layer: number,
  t: number,
) {
  const at = layer * surprisal.length + t;
  return {
    ids: Array.from(ids.subarray(at * topK, (at + 1) * topK)),
    probabilities: Array.from(probabilities.subarray(at * topK, (at + 1) * topK)),
    projection: projections![at],
    surprisal: surprisal[t],
  };
}

/** What the activations and logits of a whole text, read in one pass, say of it. */
async function activationsOf(ids: Int32Array) {
  const out = join(scratch, 'text.safetensors');
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
  await model.call('activations', { ids: Array.from(ids), layers, logits: true, out });
  const read = new Tensors(out);
  const { vocabulary } = model.info;
  const residuals = layers.map(layer => read.floats(`resid_post.${layer}`));
  const logits = read.floats('logits');
  const softmax = (values: Float32Array) => {
    const max = Math.max(...values);
    const total = values.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
    return values.map(logit => Math.exp(logit - max) / total);
  };
  return {
    residual: (layer: number, t: number) => residuals[layer].subarray(t * D, (t + 1) * D),
    after: (t: number) => softmax(logits.subarray(t * vocabulary, (t + 1) * vocabulary)),
    softmax,
  };
}

it('shows what residuals, final norm and unembedding say, of any stretch in any order, also after an edit', async () => {
  const first = text(1);
  const edited = first.map((id, i) => (i < 200 ? id : (id + 1) % 900));
  for (const ids of [first, edited, first]) {
    const truth = await activationsOf(ids);
    for (const [from, to] of [
      [250, 251],
      [0, 2],
      [299, 300],
      [120, 260],
      [195, 205],
      [1, 2],
    ]) {
      const got = await grid(ids, from, to);
      expect([got.layers, got.topK, got.surprisal.length]).toEqual([LAYERS, 3, to - from]);
      for (let t = from; t < to; t += Math.max(1, (to - from) >> 2)) {
        const p = truth.after(t);
        const best = p.indexOf(Math.max(...p));
        const top = cell(got, LAYERS - 1, t - from);
        expect(top.ids[0]).toBe(best);
        for (const [k, id] of top.ids.entries()) expect(top.probabilities[k]).toBeCloseTo(p[id], 4);
        const { surprisal } = top;
        if (t === 0) expect(surprisal).toBeNaN();
        else expect(2 ** -surprisal).toBeCloseTo(truth.after(t - 1)[ids[t]], 4);
        for (let layer = 0; layer < LAYERS; layer++) {
          const h = truth.residual(layer, t);
          const dot = h.reduce((sum, x, i) => sum + x * direction[i], 0);
          const { projection } = cell(got, layer, t - from);
          expect(Math.abs(projection - dot)).toBeLessThan(1e-3 * Math.max(1, Math.abs(dot)));
        }
      }
      // A lower layer, unembedded by itself.
      const p = truth.softmax(
        await model.call('lens', { vectors: truth.residual(2, from).slice(), norm: true }),
      );
      const low = cell(got, 2, 0);
      for (const [k, id] of low.ids.entries()) expect(low.probabilities[k]).toBeCloseTo(p[id], 4);
      expect(p.filter(x => x > low.probabilities[2] + 1e-4).length).toBeLessThanOrEqual(2);
    }
  }
});

it('is the same for a stretch as for its tokens one at a time', async () => {
  const ids = text(2);
  const whole = await grid(ids, 90, 140);
  for (const t of [90, 91, 115, 139]) {
    const one = await grid(ids, t, t + 1);
    for (let layer = 0; layer < LAYERS; layer++) {
      const a = cell(whole, layer, t - 90);
      const b = cell(one, layer, 0);
      expect(b.ids).toEqual(a.ids);
      for (const k of [0, 1, 2]) expect(b.probabilities[k]).toBeCloseTo(a.probabilities[k], 4);
      expect(b.projection).toBeCloseTo(a.projection, 3);
      expect(b.surprisal).toBeCloseTo(a.surprisal, 3);
    }
  }
});

it('tells how far it is, and reads again only what it has not read', async () => {
  const ids = text(3, 500);
  const events: { done: number; total: number }[] = [];
  const onEvent = (event: { done: number; total: number }) => events.push(event);
  const ask = { ids, from: 480, to: 490, topK: 1 };
  await model.call('lensGrid', ask, { onEvent });
  expect(events.map(({ total }) => total)).toEqual(events.map(() => 490));
  expect(events.at(-1)!.done).toBe(490);
  expect(events.length).toBeGreaterThan(4);
  for (const [before, after] of events.slice(1).map((event, i) => [events[i].done, event.done]))
    expect(after).toBeGreaterThanOrEqual(before);
  // Looking at an earlier token forgets nothing.
  events.length = 0;
  await model.call('lensGrid', { ...ask, from: 10, to: 12 }, { onEvent });
  expect(events.at(-1)!.total).toBeLessThanOrEqual(3);
  events.length = 0;
  await model.call('lensGrid', { ...ask, from: 488, to: 492 }, { onEvent });
  expect(events.at(-1)!.total).toBeLessThanOrEqual(5);
});

it('stops after a piece when cancelled, keeps what it has read, and goes on with the next question', async () => {
  const ids = text(4, 500);
  const controller = new AbortController();
  const ask = { ids, from: 498, to: 499, topK: 1 };
  const call = model.call('lensGrid', ask, {
    signal: controller.signal,
    onEvent: () => controller.abort(),
  });
  await expect(call).rejects.toThrow('Cancelled');
  let total = 0;
  await model.call('lensGrid', ask, { onEvent: event => (total = event.total) });
  expect(total).toBeLessThan(499);
  // A reading that had not stopped would have left two tokens.
  expect(total).toBeGreaterThan(100);
});

it.each([
  ['a token beyond the text', { from: 300, to: 301 }, 'no token 300'],
  ['a stretch that ends beyond it', { from: 290, to: 301 }, 'tokens 290 to 300'],
  ['an empty stretch', { from: 5, to: 5 }, 'There is no'],
  ['a token beyond the positions', { ids: text(1, 600), from: 512, to: 513 }, '512 positions'],
  ['an id that the vocabulary lacks', { ids: Int32Array.of(1, 9999), from: 0, to: 1 }, 'Token id 9999'],
])('refuses %s', async (_, wrong, message) => {
  await expect(grid(text(1), 0, 1, wrong)).rejects.toThrow(message);
});
