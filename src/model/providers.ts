import type { ModelInfo, Provider, ProviderChoice, Refusal, RefusedProvider } from './contract';

/** Providers by their names in sentences. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  directml: 'DirectML',
  coreml: 'CoreML',
  cpu: 'the CPU',
};

/** Everything a person can ask for. */
export const PROVIDER_CHOICES: readonly ProviderChoice[] = [
  'auto',
  'webgpu',
  'cuda',
  'directml',
  'coreml',
  'cpu',
];

// CUDA is there only if a person installed it. WebGPU before DirectML and CoreML: the graph is written for its kernels,
// DirectML is no longer developed, and CoreML has no kernel for the attention, so that every block goes back to the CPU.
const AUTO_ORDER: readonly Provider[] = ['cuda', 'webgpu', 'directml', 'coreml'];

/** The providers of a machine. */
export interface Machine {
  /** The system's name in sentences. */
  system: string;
  usable: readonly Provider[];
  /** Providers that this system can have once they are installed, with the sentence that says how. */
  installable: Partial<Record<Provider, string>>;
}

/** How a provider's numbers compare with the CPU's. */
export interface Agreement {
  /** Largest difference of a token's residual or logits, relative to the largest of them. */
  difference: number;
  /** Tokens of one run up to which the numbers agree: infinite if there is no limit, 0 if they never do. */
  longestPiece: number;
}

/** Seconds to read a prompt and to write as many tokens, there and on the CPU. */
export interface Paces {
  seconds: number;
  cpuSeconds: number;
}

/** What a provider's trial found; without an agreement where it was given up as too slow. */
export interface Trial extends Paces {
  agreement?: Agreement;
}

/** A provider that passed its trial. */
export interface Used extends Paces {
  kind: 'used';
  agreement: Agreement;
}

/** Providers to try in this order before the CPU, and the one asked for that this machine cannot have. */
export function candidates(
  choice: ProviderChoice,
  machine: Machine,
): { wanted: Provider[]; missing: RefusedProvider[] } {
  if (choice === 'cpu') return { wanted: [], missing: [] };
  if (choice === 'auto') {
    return { wanted: AUTO_ORDER.filter(provider => machine.usable.includes(provider)), missing: [] };
  }
  if (machine.usable.includes(choice)) return { wanted: [choice], missing: [] };
  const howToInstall = machine.installable[choice];
  const why = howToInstall
    ? `it is not installed: ${howToInstall}`
    : `it does not exist for ${machine.system}; choose ${['auto', ...machine.usable].join(', ')}`;
  return { wanted: [], missing: [{ provider: choice, why, kind: 'absent' }] };
}

/** What follows from a trial. A provider that was asked for by name may be slow. */
export function judge(choice: ProviderChoice, { agreement, ...pace }: Trial): Refusal | Used {
  if (agreement?.longestPiece === 0) {
    return {
      why: `its numbers differ from the CPU's by ${scientific(agreement.difference)}`,
      kind: 'failed',
    };
  }
  if (!agreement || (choice === 'auto' && pace.seconds > pace.cpuSeconds)) {
    return { why: `it is ${speed(pace)} for this model`, kind: 'slow' };
  }
  return { kind: 'used', agreement, ...pace };
}

/** Where a model runs and why, from the providers refused on the way and the one that is used, if any. */
export function conclude(
  choice: ProviderChoice,
  refused: RefusedProvider[],
  used?: Used & { provider: Provider },
): Pick<ModelInfo, 'provider' | 'providerReason' | 'fellBack'> {
  const sentences = refused.map(({ provider, why }) => `${PROVIDER_NAMES[provider]} was not used: ${why}`);
  if (used) {
    const { difference, longestPiece } = used.agreement;
    const asked = choice === 'auto' ? '' : ' was asked for; it';
    const pieces = Number.isFinite(longestPiece)
      ? `; texts are read ${longestPiece} tokens at a time, because its longer runs differ`
      : '';
    sentences.push(
      `${PROVIDER_NAMES[used.provider]}${asked} agrees with the CPU (largest difference ${scientific(difference)}) and is ${speed(used)}${pieces}`,
    );
  } else if (choice === 'cpu') sentences.push('The CPU was asked for');
  else if (refused.length === 0) sentences.push('This machine has no provider but the CPU');
  return {
    provider: used?.provider ?? 'cpu',
    providerReason: sentences.join('; '),
    fellBack: refused.some(({ kind }) => choice !== 'auto' || kind === 'failed'),
  };
}

/** A native error as the end of a sentence: the first line, and plain words for what people meet most. */
export function plainReason(provider: Provider, error: Error): Refusal {
  if (provider === 'webgpu' && /WebGPU adapter|No supported adapters/i.test(error.message)) {
    return { why: 'no GPU adapter was found', kind: 'absent' };
  }
  const line = error.message.trim().split('\n')[0];
  return { why: line.length > 200 ? `${line.slice(0, 200)}…` : line, kind: 'failed' };
}

function speed({ seconds, cpuSeconds }: Paces): string {
  const factor = cpuSeconds / seconds;
  return factor >= 1
    ? `${times(factor)} times as fast as the CPU`
    : `${times(1 / factor)} times slower than the CPU`;
}

const times = (factor: number) => factor.toFixed(factor < 10 ? 1 : 0);
const scientific = (value: number) => (Number.isFinite(value) ? value.toExponential(1) : 'NaN');
