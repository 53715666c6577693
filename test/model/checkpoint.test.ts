import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/files/safetensors';
import { identify } from '../../src/model/checkpoint/identity';
import { BASE, REASONING, ROOT, relativeError, startModel, Tensors } from './support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let copies = 0;
function copyOf(golden: string): string {
  const folder = join(scratch, `${golden}-${copies++}`);
  cpSync(join(ROOT, 'test', 'goldens', golden), folder, { recursive: true });
  return folder;
}

function editConfig(folder: string, change: Record<string, unknown>): void {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

function poison(folder: string, tensor: string, value: number): void {
  const file = join(folder, 'model.safetensors');
  const entry = readSafetensorsHeader(file).tensors.get(tensor)!;
  const bytes = readFileSync(file);
  bytes.writeFloatLE(value, entry.offset + 4 * 7);
  writeFileSync(file, bytes);
}

describe('a folder that cannot be used is refused, naming the culprit', () => {
  const cases: [string, (folder: string) => void, string, string][] = [
    ['no such folder', folder => rmSync(folder, { recursive: true }), 'llama3', 'not a model folder'],
    [
      'no weights',
      folder => unlinkSync(join(folder, 'model.safetensors')),
      'llama3',
      'neither model.safetensors nor',
    ],
    [
      'a missing shard',
      folder => unlinkSync(join(folder, 'model-00002-of-00003.safetensors')),
      'llama2',
      'model-00002-of-00003.safetensors is missing',
    ],
    [
      'a truncated file',
      folder => truncateSync(join(folder, 'model.safetensors'), 30_000),
      'llama3',
      'beyond its end',
    ],
    [
      'a file cut in its header',
      folder => truncateSync(join(folder, 'model.safetensors'), 100),
      'llama3',
      'cut short',
    ],
    [
      'a file that is no safetensors',
      folder => writeFileSync(join(folder, 'model.safetensors'), 'version https://git-lfs\n'),
      'llama3',
      'not a usable safetensors file',
    ],
    [
      'config that is no JSON',
      folder => writeFileSync(join(folder, 'config.json'), '{'),
      'llama3',
      'not valid JSON',
    ],
    [
      'an unknown architecture',
      folder => editConfig(folder, { architectures: ['MambaForCausalLM'] }),
      'llama3',
      'MambaForCausalLM is not known. Known ones: LlamaForCausalLM',
    ],
    [
      'a quantised checkpoint',
      folder => editConfig(folder, { quantization_config: { quant_method: 'awq' } }),
      'llama3',
      'quantised (awq)',
    ],
    [
      'an unknown RoPE scaling',
      folder => editConfig(folder, { rope_scaling: { rope_type: 'longrope', factor: 2 } }),
      'llama3',
      'longrope is not known',
    ],
    ['another activation', folder => editConfig(folder, { hidden_act: 'gelu' }), 'llama3', 'gelu'],
    [
      'a config of another model',
      folder => editConfig(folder, { intermediate_size: 7 }),
      'llama3',
      'has shape',
    ],
    [
      'more layers than weights',
      folder => editConfig(folder, { num_hidden_layers: 99 }),
      'llama3',
      'is missing',
    ],
    [
      'a NaN weight',
      folder => poison(folder, 'model.layers.1.mlp.up_proj.weight', Number.NaN),
      'llama3',
      'model.layers.1.mlp.up_proj.weight holds a NaN',
    ],
    [
      'an infinite weight',
      folder => poison(folder, 'model.embed_tokens.weight', Number.POSITIVE_INFINITY),
      'llama3',
      'model.embed_tokens.weight holds a NaN or infinite',
    ],
  ];
  it.each(cases)('%s', async (_, damage, golden, message) => {
    const folder = copyOf(golden);
    damage(folder);
    await expect(startModel(folder)).rejects.toThrow(message);
  });
});

it('opens a Hugging Face cache, where every file is a link to a blob elsewhere', async () => {
  const snapshot = join(scratch, 'models--x', 'snapshots', 'abc');
  const blobs = join(scratch, 'models--x', 'blobs');
  mkdirSync(snapshot, { recursive: true });
  cpSync(join(ROOT, 'test', 'goldens', 'qwen2'), blobs, { recursive: true });
  for (const file of ['config.json', 'model.safetensors'])
    symlinkSync(join('..', '..', 'blobs', file), join(snapshot, file));
  const model = await startModel(snapshot);
  const expected = new Tensors(join(blobs, 'expected.safetensors'));
  const out = join(scratch, 'linked.safetensors');
  await model.call('activations', { ids: expected.integers('input_ids'), layers: [], logits: true, out });
  model.stop();
  expect(relativeError(new Tensors(out).floats('logits'), expected.floats('logits'))).toBeLessThan(1e-4);
});

it('knows a pair as one family and two models', () => {
  const base = identify(BASE);
  const reasoning = identify(REASONING);
  expect(base.familyHash).toBe(reasoning.familyHash);
  expect(base.hash).not.toBe(reasoning.hash);
  expect(identify(BASE)).toEqual(base);
});
