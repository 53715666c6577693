import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Provider, ProviderChoice } from '../../model/contract';
import { SETTINGS } from '../ids';
import { updateSetting } from '../settings';
import { providerName } from './modelFacts';
import { type ModelPair, WHICH } from './modelPair';

const MEANINGS: Record<ProviderChoice, string> = {
  auto: 'The first that agrees with the CPU in a self-test and is not slower; else the CPU',
  webgpu: 'Any GPU, by Vulkan, Direct3D or Metal',
  cuda: 'NVIDIA GPUs, by CUDA 12 and cuDNN 9',
  directml: 'Any GPU, by DirectX 12',
  coreml: 'Apple’s GPU and neural engine',
  cpu: 'Always there; exact, and the measure of the others',
};

/** Which binaries onnxruntime-node brings for a system, and which can be added. */
const BUNDLED: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  linux: ['webgpu'],
  win32: ['webgpu', 'directml'],
  darwin: ['webgpu', 'coreml'],
};

/** Whether a provider can be used by this machine's onnxruntime, in words; it need not find a device yet. */
export function availability(
  provider: Provider,
  system: { platform: NodeJS.Platform; arch: string; cuda: boolean },
): string {
  if (provider === 'cpu' || BUNDLED[system.platform]?.includes(provider)) return 'comes with Doubletake';
  if (provider === 'cuda' && system.platform === 'linux' && system.arch === 'x64')
    return system.cuda ? 'installed' : 'not installed';
  return 'not for this system';
}

/** The command: asks where models should run. Open ones are closed by the change and start anew at their next use. */
export async function chooseProvider(pair: ModelPair, runtime: string): Promise<void> {
  const { platform, arch } = process;
  const library = join(runtime, 'bin', 'napi-v6', platform, arch, 'libonnxruntime_providers_cuda.so');
  const system = { platform, arch, cuda: existsSync(library) };
  const running = WHICH.map(which => pair.status(which)).filter(({ info }) => info);
  const items = (Object.keys(MEANINGS) as ProviderChoice[]).map(choice => {
    const state = choice === 'auto' ? 'recommended' : availability(choice, system);
    const here = running.filter(({ info }) => info!.provider === choice).map(({ which }) => `${which} model`);
    return {
      label: `$(${choice === pair.provider ? 'check' : 'blank'}) ${choice === 'auto' ? 'Auto' : providerName(choice)}`,
      description: [state, ...(here.length ? [`runs the ${here.join(' and the ')}`] : [])].join(' · '),
      detail: MEANINGS[choice],
      choice,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Where should models run?',
    placeHolder: running.length ? 'Open models are closed and start anew at their next use' : undefined,
    matchOnDetail: true,
  });
  if (picked) await updateSetting(SETTINGS.provider, picked.choice === 'auto' ? undefined : picked.choice);
}
