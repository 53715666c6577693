import { describe, expect, it } from 'vitest';
import type { Provider, ProviderChoice, RefusedProvider } from '../../src/model/contract';
import {
  candidates,
  conclude,
  judge,
  type Machine,
  plainReason,
  type Trial,
} from '../../src/model/providers';

const machine = (...usable: Provider[]): Machine => ({
  system: 'Linux x64',
  usable: ['cpu', ...usable],
  installable: { cuda: 'run "install cuda"' },
});

describe('providers to try', () => {
  it.each<[ProviderChoice, Machine, Provider[]]>([
    ['cpu', machine('webgpu'), []],
    ['auto', machine(), []],
    ['auto', machine('webgpu'), ['webgpu']],
    ['auto', machine('webgpu', 'cuda'), ['cuda', 'webgpu']],
    ['auto', machine('directml', 'webgpu'), ['webgpu', 'directml']],
    ['auto', machine('coreml', 'webgpu'), ['webgpu', 'coreml']],
    ['webgpu', machine('webgpu', 'cuda'), ['webgpu']],
  ])('%s on %o', (choice, on, expected) =>
    expect(candidates(choice, on)).toEqual({ wanted: expected, missing: [] }),
  );

  it.each<[ProviderChoice, string]>([
    ['cuda', 'CUDA was not used: it is not installed: run "install cuda"'],
    ['coreml', 'CoreML was not used: it does not exist for Linux x64; choose auto, cpu, webgpu'],
  ])('falls back where there is no %s, with what to do', (choice, providerReason) => {
    const { wanted, missing } = candidates(choice, machine('webgpu'));
    expect(wanted).toEqual([]);
    expect(conclude(choice, missing)).toEqual({ provider: 'cpu', fellBack: true, providerReason });
  });
});

const fast = { seconds: 1, cpuSeconds: 4 };
const slow = { seconds: 30, cpuSeconds: 2 };
const whole = { difference: 3e-6, longestPiece: Number.POSITIVE_INFINITY };
const pieces = { difference: 4e-6, longestPiece: 31 };
const wrong = { difference: 0.27, longestPiece: 0 };
const NO_ADAPTER: RefusedProvider = {
  provider: 'webgpu',
  ...plainReason('webgpu', new Error('Failed to get a WebGPU adapter: No supported adapters')),
};
const CRASHED: RefusedProvider = { provider: 'cuda', why: 'its trial crashed (SIGSEGV)', kind: 'failed' };

describe('what follows from trials', () => {
  it.each<[string, ProviderChoice, RefusedProvider[], Trial | undefined, Provider, boolean, string]>([
    ['the CPU asked for', 'cpu', [], undefined, 'cpu', false, 'The CPU was asked for'],
    ['nothing else there', 'auto', [], undefined, 'cpu', false, 'This machine has no provider but the CPU'],
    ...([
      ['auto', false],
      ['webgpu', true],
    ].map(([choice, fellBack]) => [
      `no adapter, ${choice}`,
      choice,
      [NO_ADAPTER],
      undefined,
      'cpu',
      fellBack,
      'WebGPU was not used: no GPU adapter was found',
    ]) as never),
    [
      'fast and right',
      'auto',
      [],
      { agreement: whole, ...fast },
      'webgpu',
      false,
      'WebGPU agrees with the CPU (largest difference 3.0e-6) and is 4.0 times as fast as the CPU',
    ],
    [
      'slow, not asked for',
      'auto',
      [],
      { agreement: whole, ...slow },
      'cpu',
      false,
      'WebGPU was not used: it is 15 times slower than the CPU for this model',
    ],
    [
      'given up as slow',
      'auto',
      [],
      slow,
      'cpu',
      false,
      'WebGPU was not used: it is 15 times slower than the CPU for this model',
    ],
    [
      'slow, asked for',
      'webgpu',
      [],
      { agreement: whole, ...slow },
      'webgpu',
      false,
      'WebGPU was asked for; it agrees with the CPU (largest difference 3.0e-6) and is 15 times slower than the CPU',
    ],
    [
      'right in short pieces',
      'auto',
      [],
      { agreement: pieces, ...fast },
      'webgpu',
      false,
      'WebGPU agrees with the CPU (largest difference 4.0e-6) and is 4.0 times as fast as the CPU; texts are read 31 tokens at a time, because its longer runs differ',
    ],
    [
      'wrong, however fast',
      'auto',
      [],
      { agreement: wrong, ...fast },
      'cpu',
      true,
      "WebGPU was not used: its numbers differ from the CPU's by 2.7e-1",
    ],
    [
      'the second after one that crashed',
      'auto',
      [CRASHED],
      { agreement: whole, ...fast },
      'webgpu',
      true,
      'CUDA was not used: its trial crashed (SIGSEGV); WebGPU agrees with the CPU (largest difference 3.0e-6) and is 4.0 times as fast as the CPU',
    ],
  ])('%s', (_, choice, before, trial, provider, fellBack, providerReason) => {
    const verdict = trial && judge(choice, trial);
    const placement =
      verdict?.kind === 'used'
        ? conclude(choice, before, { provider: 'webgpu', ...verdict })
        : conclude(choice, [...before, ...(verdict ? [{ provider: 'webgpu' as const, ...verdict }] : [])]);
    expect(placement).toEqual({ provider, fellBack, providerReason });
  });
});

it('keeps a native error to one line', () => {
  expect(plainReason('cuda', new Error('cuInit failed\n  at provider.cc:12'))).toEqual({
    why: 'cuInit failed',
    kind: 'failed',
  });
});
