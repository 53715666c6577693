import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelInfo, Provider, ProviderChoice } from '../../src/model/contract';
import { ModelPool } from '../../src/model/modelPool';
import { ModelProcess } from '../../src/model/modelProcess';
import { TextModel } from '../../src/model/textModel';
import { PROCESS_SCRIPT, REASONING, ROOT, relativeError, startModel, Tensors } from './support';

const GOLDEN = join(ROOT, 'test', 'goldens', 'llama3');
const expected = new Tensors(join(GOLDEN, 'expected.safetensors'));
const ids = expected.integers('input_ids');
const scratch = mkdtempSync(join(tmpdir(), 'doubletake-'));

// onnxruntime has no WebGPU for Linux on ARM.
const HAS_WEBGPU = !(process.platform === 'linux' && process.arch === 'arm64');
// Chromium brings a Vulkan driver that computes on the CPU: slow, but a GPU like any other to onnxruntime.
const SOFTWARE = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].find(folder =>
  ['vk_swiftshader_icd.json', 'libvulkan.so.1'].every(file => existsSync(join(folder, file))),
);
const withAdapter = {
  LD_LIBRARY_PATH: SOFTWARE,
  VK_ICD_FILENAMES: join(SOFTWARE ?? '', 'vk_swiftshader_icd.json'),
};
const withoutAdapter = { LD_LIBRARY_PATH: undefined, VK_ICD_FILENAMES: join(scratch, 'none.json') };

const before = { ...process.env };
function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

const models: { stop(): void }[] = [];
async function start(provider: ProviderChoice, more = {}): Promise<ModelProcess> {
  const model = await ModelProcess.start({ folder: GOLDEN, script: PROCESS_SCRIPT, provider, ...more });
  models.push(model);
  return model;
}
afterAll(() => {
  for (const model of models) model.stop();
  setEnvironment({ LD_LIBRARY_PATH: before.LD_LIBRARY_PATH, VK_ICD_FILENAMES: before.VK_ICD_FILENAMES });
  rmSync(scratch, { recursive: true, force: true });
});

/** 20 greedy tokens of prompts of three lengths and of a steered one, two at a time, so that rows take others' places. */
async function greedy(model: ModelProcess | ModelPool): Promise<number[][]> {
  const layer = Number(expected.metadata.steer_layer);
  const strength = Number(expected.metadata.steer_strength);
  const prompts = [0, 1, 2].map(row => ({ ids: expected.integers(`batch_ids.${row}`), seed: 0 }));
  const params = {
    rows: [...prompts, { ids, seed: 0, interventions: [{ layer, vector: 0, strength }] }],
    vectors: [expected.floats('steer_vector')],
    sampling: { temperature: 0 },
    maxTokens: 20,
    stop: [],
    batch: 2,
  };
  const rows = await (model instanceof ModelPool ? model.generate(params) : model.call('generate', params));
  return rows.map(row => row.tokenIds);
}
const GREEDY = ['batch_greedy.0', 'batch_greedy.1', 'batch_greedy.2', 'steered_greedy'].map(name =>
  expected.integers(name).slice(0, 20),
);

const placement = ({ provider, fellBack, providerReason }: ModelInfo) => ({
  provider,
  fellBack,
  providerReason,
});

/** A process that runs `body` instead of a provider's trial: what a driver could do to it. */
function saboteur(name: string, body: string): string {
  const script = join(scratch, `${name}.js`);
  writeFileSync(
    script,
    `const send = process.send.bind(process);
    process.send = message => {
      if (message.event?.kind !== 'trying') return send(message);
      return send(message, () => { ${body} });
    };
    require(${JSON.stringify(PROCESS_SCRIPT)});`,
  );
  return script;
}

describe.runIf(HAS_WEBGPU)('without a GPU', () => {
  beforeAll(() => setEnvironment(withoutAdapter));

  it.runIf(process.platform === 'linux').each<[ProviderChoice, boolean]>([
    ['auto', false],
    ['webgpu', true],
  ])('%s falls back to the CPU and says why', async (choice, fellBack) => {
    const model = await start(choice);
    expect(placement(model.info)).toEqual({
      provider: 'cpu',
      fellBack,
      providerReason: 'WebGPU was not used: no GPU adapter was found',
    });
    expect(await greedy(model)).toEqual(GREEDY);
  });

  it('falls back where this machine cannot have the provider', async () => {
    const impossible: Provider = process.platform === 'darwin' ? 'directml' : 'coreml';
    const { info } = await start(impossible);
    expect(info).toMatchObject({ provider: 'cpu', fellBack: true });
    expect(info.providerReason).toContain('does not exist for');
  });

  it.each([
    ['is killed', 'process.kill(process.pid, "SIGKILL")', 'WebGPU was not used: its trial crashed (SIGKILL)'],
    ['aborts', 'process.abort()', 'WebGPU was not used: its trial crashed (SIGABRT)'],
    ['ends', 'process.exit(3)', 'WebGPU was not used: its trial crashed (exit code 3)'],
    ['hangs', 'for (;;);', 'WebGPU was not used: its trial did not end within 0.5 seconds'],
  ])('leaves a provider out whose trial %s', async (name, body, providerReason) => {
    const script = saboteur(name, body);
    for (const choice of ['auto', 'webgpu'] as const) {
      const model = await start(choice, { script, trialLimitMs: name === 'hangs' ? 500 : undefined });
      expect(placement(model.info)).toEqual({ provider: 'cpu', fellBack: true, providerReason });
      expect(await greedy(model)).toEqual(GREEDY);
    }
  });

  it('tries once for all processes of a model, and adds up their memory', async () => {
    const log = join(scratch, 'tried');
    const script = saboteur('counting', `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'x');`);
    const pool = await ModelPool.start({ folder: GOLDEN, script, provider: 'webgpu' });
    models.push(pool);
    expect(pool.info.fellBack).toBe(pool.info.provider === 'cpu');
    expect(readFileSync(log, 'utf8')).toBe('x');
    expect(pool.processIds.length).toBe(pool.info.provider === 'cpu' ? 2 : 1);
    expect(await pool.memory()).toBeGreaterThan(pool.info.memory * pool.processIds.length * 0.5);
    expect(await greedy(pool)).toEqual(GREEDY);
  });

  it('leaves a GPU out whose process ended while the model ran', async () => {
    // Stands in for a GPU: the first process says that it runs on one.
    const script = join(scratch, 'pretender.js');
    writeFileSync(
      script,
      `const send = process.send.bind(process);
      process.on('message', ({ params }) => { if (params?.folder && !params.refused.length) pretend = true; });
      let pretend = false;
      process.send = message => {
        if (pretend && message.value?.provider) message.value.provider = 'webgpu';
        return send(message);
      };
      require(${JSON.stringify(PROCESS_SCRIPT)});`,
    );
    const opened: ModelInfo[] = [];
    const model = TextModel.open(REASONING, {
      provider: 'auto',
      script,
      onOpened: info => opened.push(info),
    });
    const first = await model.pool();
    const ended = new Promise<void>(resolve => first.onEnd(() => resolve()));
    process.kill(first.processIds[0], 'SIGKILL');
    await ended;
    const second = await model.pool();
    expect(placement(second.info)).toEqual({
      provider: 'cpu',
      fellBack: true,
      providerReason: 'WebGPU was not used: its process ended while the model ran',
    });
    expect(opened.map(({ provider }) => provider)).toEqual(['webgpu', 'cpu']);
    await model.close();
  });
});

// Without an adapter the CPU would be compared with itself.
describe.runIf(HAS_WEBGPU && SOFTWARE)('with a software adapter', () => {
  let model: ModelProcess;
  let cpu: ModelProcess;
  beforeAll(async () => {
    setEnvironment(withAdapter);
    [model, cpu] = await Promise.all([start('webgpu'), startModel(GOLDEN)]);
    models.push(cpu);
  });

  it('runs on WebGPU', () => {
    const { provider, fellBack, providerReason } = model.info;
    expect(provider).toBe('webgpu');
    expect(fellBack).toBe(false);
    expect(providerReason).toMatch(
      /^WebGPU was asked for; it agrees with the CPU \(largest difference \d\.\de-[5-9]\)/,
    );
  });

  it('draws the tokens of Hugging Face, steered and not', async () => {
    expect(await greedy(model)).toEqual(GREEDY);
  });

  it('reads a long text as the CPU does', async () => {
    const text = Array.from({ length: 70 }, (_, i) => ids[i % ids.length]);
    const params = { ids: text, layers: [0, 2], logits: true };
    const [there, here] = [join(scratch, 'there.safetensors'), join(scratch, 'here.safetensors')];
    await model.call('activations', { ...params, out: there });
    await cpu.call('activations', { ...params, out: here });
    for (const tensor of ['logits', 'resid_post.0', 'resid_post.2']) {
      expect(relativeError(new Tensors(there).floats(tensor), new Tensors(here).floats(tensor))).toBeLessThan(
        1e-4,
      );
    }
    const harvest = {
      texts: [
        { ids: text, groups: [{ label: 'x', half: 0 as const, from: -10, to: 5, firsts: [20, 33, 60] }] },
      ],
      layers: [1],
      offsets: [-10, 5] as [number, number],
    };
    const [sums, reference] = [await model.call('harvest', harvest), await cpu.call('harvest', harvest)];
    expect(relativeError(sums.groups[0].sums[0], reference.groups[0].sums[0])).toBeLessThan(1e-4);
    const lens = { ids: Int32Array.from(text), from: 20, to: 60, topK: 1 };
    const [seen, known] = [await model.call('lensGrid', lens), await cpu.call('lensGrid', lens)];
    expect(seen.ids).toEqual(known.ids);
    expect(relativeError(seen.surprisal, known.surprisal)).toBeLessThan(1e-3);
  });

  it('is not taken by auto while it is slower than the CPU', async () => {
    const { info } = await start('auto');
    expect(info.providerReason).toMatch(/^WebGPU was not used: it is [\d.]+ times slower than the CPU/);
    expect(info.fellBack).toBe(false);
  });
});
