import { describe, expect, it } from 'vitest';
import type { ModelStatus } from '../../src/editor/models/modelPair';
import { factRows, modelTooltip, stateText } from '../../src/editor/views/modelRows';
import { isWarning, modelLines, modelsText } from '../../src/editor/views/statusText';
import type { ModelInfo } from '../../src/model/contract';

const INFO: ModelInfo = {
  folder: '/models/8b',
  architecture: 'LlamaForCausalLM',
  layers: 32,
  dModel: 4096,
  vocabulary: 128256,
  maxPositions: 131072,
  provider: 'cpu',
  providerReason: 'The CPU was asked for',
  fellBack: false,
  memory: 32.1e9,
};
const closed = (which: ModelStatus['which']): ModelStatus => ({
  which,
  state: 'closed',
  folder: '/models/8b',
  bundled: false,
});
const open = (which: ModelStatus['which'], info: Partial<ModelInfo> = {}): ModelStatus => ({
  ...closed(which),
  state: 'open',
  info: { ...INFO, ...info },
});
const opening: ModelStatus = { ...closed('reasoning'), state: 'opening', progress: { done: 4, total: 10 } };
const failed: ModelStatus = { ...closed('base'), state: 'failed', problem: 'config.json is *missing*.' };
const fallback = open('reasoning', { fellBack: true, providerReason: 'WebGPU was not used: why' });

describe('the status item', () => {
  it.each([
    ['nothing asked for', [closed('reasoning'), closed('base')], undefined, '', false],
    ['one open', [open('reasoning'), closed('base')], undefined, 'reasoning: CPU 32.1 GB', false],
    ['both open', [open('reasoning'), open('base')], undefined, 'reasoning, base: CPU 64.2 GB', false],
    [
      'on two providers',
      [open('reasoning', { provider: 'webgpu' }), open('base')],
      undefined,
      'reasoning: WebGPU 32.1 GB, base: CPU 32.1 GB',
      false,
    ],
    ['opening', [opening, open('base')], undefined, '$(loading~spin) opening reasoning 40 %', false],
    ['at work', [open('reasoning')], 'shading 40 %', '$(loading~spin) shading 40 %', false],
    ['failed', [open('reasoning'), failed], undefined, 'base: failed, reasoning: CPU 32.1 GB', true],
    ['a wanted GPU not used', [fallback], undefined, 'reasoning: CPU 32.1 GB', true],
  ])('%s', (_, statuses, activity, text, warning) => {
    expect(modelsText(statuses, activity)).toBe(text);
    expect(isWarning(statuses)).toBe(warning);
  });

  it('has a line and links for each model', () => {
    const link = (title: string, act: string, which: string) => `<${title}:${act}:${which}>`;
    expect(modelLines([opening, failed], true, link)).toEqual([
      '$(loading~spin) Reasoning model: opening, 40 % converted · <cancel:close:reasoning>',
      '$(error) Base model: config\\.json is \\*missing\\*\\. · <start again:open:base>',
    ]);
    const [line] = modelLines([fallback], true, link);
    expect(line).toMatch(/^\$\(warning\) Reasoning model: CPU · 32\.1 GB · <check:check:reasoning> · <close/);
    expect(modelLines([closed('base')], false, link)).toEqual([expect.stringMatching(/not trusted/)]);
  });
});

describe('the tree of models', () => {
  it.each([
    [closed('base'), 'not loaded: click to open'],
    [opening, 'opening, 40 % converted'],
    [open('base'), 'CPU · 32.1 GB'],
    [failed, 'config.json is *missing*.'],
  ])('%o', (status, text) => expect(stateText(status, true)).toBe(text));

  it('tells an open model’s facts, and a failed one’s reason first', () => {
    const text = factRows(open('base')).map(({ name, value }) => `${name} ${value}`);
    expect(text).toEqual([
      'CPU The CPU was asked for',
      '32.1 GB of memory',
      'LlamaForCausalLM 32 layers, d 4096',
      '128256 tokens in the vocabulary, 131072 in a text at most',
      'folder 8b',
    ]);
    expect(factRows(failed)[0].value).toBe(failed.problem);
  });

  it('says in an untrusted workspace that nothing is loaded, and why', () => {
    expect(stateText(closed('base'), false)).toMatch(/untrusted/);
    expect(modelTooltip(closed('base'), false)).toMatch(/not trusted/);
  });

  it('escapes what comes from elsewhere', () => {
    expect(modelTooltip({ ...failed, folder: '/a/[x](command:y)' }, true)).not.toMatch(/\]\(command/);
  });
});
