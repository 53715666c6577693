import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planHarvest } from '../../src/core/harvestPlan';
import { meanActivation, meanToken } from '../../src/core/sums';
import type { GenerateParams } from '../../src/model/contract';
import type { ModelProcess } from '../../src/model/modelProcess';
import { TextModel } from '../../src/model/textModel';
import { REASONING, relativeError, startModel, Tensors } from './support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));
const text = TextModel.open(REASONING);
const prompts = [
  'What does Bob drink there?',
  'Tell me what Mia feeds at the harbor before dusk.',
  'Why?',
].map(prompt => text.chatIds(prompt));
let model: ModelProcess;

beforeAll(async () => {
  model = await startModel(REASONING);
});
afterAll(() => {
  model.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const direction = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
const params = (more: Partial<GenerateParams>): GenerateParams => ({
  rows: prompts.map((ids, seed) => ({ ids, seed })),
  vectors: [direction],
  sampling: { temperature: 0 },
  maxTokens: 40,
  stop: text.stop,
  ...more,
});

it('a chat prompt begins with one first token, whatever the template and the tokenizer add', () => {
  const ids = text.chatIds('Why?');
  const bos = text.tokenizer.bosId!;
  expect(ids.filter(id => id === bos)).toEqual([bos]);
  expect(ids[0]).toBe(bos);
});

it('gives a row the same tokens in any batch, also when it takes a row that ended', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    ids: prompts[i % 3],
    seed: i,
    interventions: i % 2 ? [{ layer: 2, vector: 0, strength: i }] : undefined,
  }));
  const alone = [];
  for (const row of rows) alone.push(...(await model.call('generate', params({ rows: [row] }))));
  for (const batch of [3, 12]) {
    expect(await model.call('generate', params({ rows, batch }))).toEqual(alone);
  }
});

it('strength 0 and gain 0 give the very tokens of no steering, sampled', async () => {
  const sampling = { temperature: 1 };
  const plain = await model.call('generate', params({ sampling }));
  const zero = prompts.map((ids, seed) => ({
    ids,
    seed,
    interventions: [{ layer: 3, vector: 0, strength: 0, gain: 0 }],
  }));
  expect(await model.call('generate', params({ sampling, rows: zero }))).toEqual(plain);
});

it('a gain of c adds c·h: the tokens of the same shift given as a vector', async () => {
  const ids = prompts[0];
  const out = join(scratch, 'gain.safetensors');
  // A row of one token: its residual is the same at every draw of the first token, so gain and vector can be compared.
  const one = { ids: ids.slice(-1), seed: 0 };
  await model.call('activations', { ids: one.ids, layers: [2], logits: false, out });
  const h = new Tensors(out).floats('resid_post.2');
  expect(h.length).toBe(model.info.dModel);
  const first = async (interventions: GenerateParams['rows'][number]['interventions']) =>
    model.call('generate', params({ rows: [{ ...one, interventions }], vectors: [h], maxTokens: 1 }));
  for (const c of [-0.9, -0.5, 2]) {
    expect(await first([{ layer: 2, gain: c }])).toEqual(await first([{ layer: 2, vector: 0, strength: c }]));
  }
  const early = prompts.map((ids, seed) => ({ ids, seed, interventions: [{ layer: 1, gain: -1 }] }));
  expect(await model.call('generate', params({ rows: early }))).not.toEqual(
    await model.call('generate', params({})),
  );
});

it('draws the same tokens for the same seed, others for another', async () => {
  const sampling = { temperature: 1, topP: 0.95, topK: 50, minP: 0.01 };
  const first = await model.call('generate', params({ sampling }));
  expect(await model.call('generate', params({ sampling }))).toEqual(first);
  const other = prompts.map((ids, i) => ({ ids, seed: i + 1000 }));
  expect(await model.call('generate', params({ sampling, rows: other }))).not.toEqual(first);
});

it('draws tokens as often as the softmax says', async () => {
  const ids = prompts[0];
  const out = join(scratch, 'softmax.safetensors');
  await model.call('activations', { ids, layers: [], logits: true, out });
  const logits = new Tensors(out).floats('logits').subarray((ids.length - 1) * model.info.vocabulary);
  const after = Array.from(logits, Math.exp);
  const total = after.reduce((a, b) => a + b, 0);
  const n = 2000;
  const rows = Array.from({ length: n }, (_, seed) => ({ ids, seed }));
  const drawn = await model.call('generate', params({ rows, maxTokens: 1, sampling: { temperature: 1 } }));
  const counts = new Map<number, number>();
  for (const { tokenIds } of drawn) counts.set(tokenIds[0], (counts.get(tokenIds[0]) ?? 0) + 1);
  const likely = after.map((weight, id) => ({ id, p: weight / total })).filter(({ p }) => p > 0.01);
  expect(likely.length).toBeGreaterThan(0);
  for (const { id, p } of likely) {
    // Five standard deviations of a binomial count.
    expect(Math.abs((counts.get(id) ?? 0) - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)) + 1);
  }
});

it('ends at stop tokens, which are the last id, and at the limit', async () => {
  const long = await model.call('generate', params({ maxTokens: 300 }));
  expect(long[0].finishReason).toBe('stop');
  expect(text.stop).toContain(long[0].tokenIds.at(-1));
  const cut = await model.call('generate', params({ maxTokens: 5 }));
  expect(cut.map(row => [row.finishReason, row.tokenIds.length])).toEqual([
    ['length', 5],
    ['length', 5],
    ['length', 5],
  ]);
});

it('stops within a token when cancelled, and goes on with the next call', async () => {
  const long = params({ stop: [], maxTokens: 400, stream: true });
  const before = performance.now();
  await model.call('generate', long);
  const whole = performance.now() - before;
  const controller = new AbortController();
  let tokens = 0;
  const call = model.call('generate', long, {
    signal: controller.signal,
    onEvent: event => {
      if (event.kind === 'tokens' && ++tokens === 5) controller.abort();
    },
  });
  await expect(call).rejects.toThrow('Cancelled');
  expect(tokens).toBe(5);
  const started = performance.now();
  await model.call('generate', params({ maxTokens: 1 }));
  // It waits for what runs: a generation that had not stopped would hold it up.
  expect(performance.now() - started).toBeLessThan(whole / 2);
});

it('harvests the sums that the activations themselves give, over pieces of a long text', async () => {
  const ids = Array.from({ length: 400 }, (_, i) => (i * 37 + 11) % 900);
  const sentences = [0, 3, 30, 45, 250, 255, 256, 262, 300, 395, 399].map((first, i) => ({
    first,
    label: i % 3 ? 'deduction' : 'backtracking',
  }));
  const offsets: [number, number] = [-40, 10];
  const layers = [1, 4];
  const sums = await model.call('harvest', {
    texts: [{ ids, groups: planHarvest(sentences, ids.length, 0, offsets) }],
    layers,
    offsets,
  });
  const out = join(scratch, 'activations.safetensors');
  await model.call('activations', { ids, layers, logits: false, out });
  const d = model.info.dModel;
  for (const layer of layers) {
    const h = new Tensors(out).floats(`resid_post.${layer}`);
    for (const [offset, length] of [
      [-12, 5],
      [-40, 51],
      [0, 1],
      [5, 6],
    ]) {
      const brute = new Float64Array(d);
      let windows = 0;
      for (const { first, label } of sentences) {
        if (label !== 'backtracking') continue;
        const from = Math.max(0, first + offset);
        const to = Math.min(ids.length, first + offset + length);
        if (to <= from) continue;
        windows++;
        for (let t = from; t < to; t++) for (let j = 0; j < d; j++) brute[j] += h[t * d + j] / (to - from);
      }
      const got = meanActivation(sums, { label: 'backtracking', layer, offset, length });
      expect(got.windows).toBe(windows);
      expect(
        relativeError(
          got.mean,
          brute.map(x => x / windows),
        ),
      ).toBeLessThan(1e-5);
    }
    const all = new Float64Array(d);
    for (let i = 0; i < h.length; i++) all[i % d] += h[i] / ids.length;
    expect(relativeError(meanToken(sums, layer), all)).toBeLessThan(1e-5);
  }
});

it('projects tokens on directions and unembeds residuals as the activations say', async () => {
  const ids = prompts[1];
  const out = join(scratch, 'lens.safetensors');
  await model.call('activations', { ids, layers: [2, 5], logits: true, out });
  const read = new Tensors(out);
  const h = read.floats('resid_post.2');
  const [projected] = await model.call('project', {
    ids,
    layers: [2],
    directions: [direction, h.slice(0, 128)],
  });
  const brute = ids.flatMap((_, t) =>
    [direction, h.subarray(0, 128)].map(v => v.reduce((sum, x, i) => sum + x * h[t * 128 + i], 0)),
  );
  expect(relativeError(projected, brute)).toBeLessThan(1e-5);
  const logits = await model.call('lens', { vectors: read.floats('resid_post.5'), norm: true });
  expect(relativeError(logits, read.floats('logits'))).toBeLessThan(1e-5);
});

it('refuses what the model does not have, naming it', async () => {
  const [ids] = prompts;
  await expect(model.call('generate', params({ rows: [{ ids: [5000], seed: 0 }] }))).rejects.toThrow('5000');
  await expect(model.call('generate', params({ rows: [{ ids: [], seed: 0 }] }))).rejects.toThrow('no tokens');
  await expect(
    model.call('generate', params({ rows: [{ ids: new Array(600).fill(1), seed: 0 }] })),
  ).rejects.toThrow('512');
  const steer = (layer: number) =>
    params({ rows: [{ ids, seed: 0, interventions: [{ layer, vector: 0, strength: 1 }] }] });
  await expect(model.call('generate', steer(6))).rejects.toThrow('layers 0 to 5');
  await expect(model.call('generate', { ...steer(2), vectors: [new Float32Array(3)] })).rejects.toThrow(
    '3 numbers',
  );
  const huge = { ...steer(2), vectors: [new Float32Array(128).fill(3e38)] };
  huge.rows[0].interventions![0].strength = 10;
  await expect(model.call('generate', huge)).rejects.toThrow('infinite');
});

it('rejects what is pending when the process is killed, and can be started again', async () => {
  const victim = await startModel(REASONING);
  const call = victim.call(
    'generate',
    params({
      stop: [],
      maxTokens: 400,
      rows: Array.from({ length: 32 }, (_, seed) => ({ ids: prompts[0], seed })),
    }),
  );
  setTimeout(() => process.kill(victim.pid!, 'SIGKILL'), 100);
  await expect(call).rejects.toThrow('SIGKILL');
  await expect(victim.call('info', {})).rejects.toThrow('Start it again');
  const again = await startModel(REASONING);
  expect((await again.call('info', {})).layers).toBe(6);
  again.stop();
});

it('passes its own self-test', async () => {
  const results = await model.call('check', {
    ids: text.rawIds('First, let me see what Bob drinks there. '.repeat(8)),
  });
  expect(results.filter(result => !result.passed)).toEqual([]);
  expect(results.length).toBe(6);
});
