import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelProcess } from '../../src/model/modelProcess';
import { ROOT, relativeError, startModel, Tensors } from './support';

const GOLDENS = join(ROOT, 'test', 'goldens');
const TOLERANCE = 1e-4;
const names = readdirSync(GOLDENS, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'tokenizers')
  .map(entry => entry.name);

it('has goldens for every architecture in the table', async () => {
  const { ARCHITECTURES } = await import('../../src/model/checkpoint/architectures');
  const covered = new Set(
    names.map(name => new Tensors(join(GOLDENS, name, 'expected.safetensors')).metadata.architecture),
  );
  expect([...covered].sort()).toEqual(Object.keys(ARCHITECTURES).sort());
});

describe.each(names)('%s equals Hugging Face', name => {
  const folder = join(GOLDENS, name);
  const expected = new Tensors(join(folder, 'expected.safetensors'));
  const ids = expected.integers('input_ids');
  const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));
  let model: ModelProcess;

  beforeAll(async () => {
    process.env.DOUBLETAKE_CACHE = join(scratch, 'cache');
    model = await startModel(folder);
  });
  afterAll(() => {
    model?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  const greedy = async (
    prompts: number[][],
    interventions?: { layer: number; vector: number; strength: number }[],
  ) => {
    const rows = await model.call('generate', {
      rows: prompts.map(prompt => ({ ids: prompt, seed: 0, interventions })),
      vectors: [expected.floats('steer_vector')],
      sampling: { temperature: 0 },
      maxTokens: 32,
      stop: [],
    });
    return rows.map(row => row.tokenIds);
  };

  it('logits and every resid_post', async () => {
    const out = join(scratch, 'activations.safetensors');
    const layers = Array.from({ length: model.info.layers }, (_, layer) => layer);
    await model.call('activations', { ids, layers, logits: true, out });
    const got = new Tensors(out);
    expect(got.integers('token_ids')).toEqual(ids);
    for (const tensor of ['logits', ...layers.map(layer => `resid_post.${layer}`)]) {
      expect(got.shape(tensor), tensor).toEqual(expected.shape(tensor));
      expect(relativeError(got.floats(tensor), expected.floats(tensor)), tensor).toBeLessThan(TOLERANCE);
    }
  });

  it('32 greedy tokens', async () => {
    expect(await greedy([ids])).toEqual([expected.integers('greedy')]);
  });

  it('32 greedy tokens under steering', async () => {
    const layer = Number(expected.metadata.steer_layer);
    const strength = Number(expected.metadata.steer_strength);
    expect(await greedy([ids], [{ layer, vector: 0, strength }])).toEqual([
      expected.integers('steered_greedy'),
    ]);
  });

  it('a batch of three lengths', async () => {
    const rows = [0, 1, 2];
    const got = await greedy(rows.map(row => expected.integers(`batch_ids.${row}`)));
    expect(got).toEqual(rows.map(row => expected.integers(`batch_greedy.${row}`)));
  });
});
