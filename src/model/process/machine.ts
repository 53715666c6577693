import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env, listSupportedBackends } from 'onnxruntime-node';
import type { Provider } from '../contract';
import type { Machine } from '../providers';

/** onnxruntime's names of the providers. */
export const BACKENDS: Record<Provider, string> = {
  cpu: 'cpu',
  cuda: 'cuda',
  webgpu: 'webgpu',
  directml: 'dml',
  coreml: 'coreml',
};

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Linux',
  win32: 'Windows',
  darwin: 'macOS',
};
const CUDA_LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** The providers of this machine's onnxruntime. CUDA's libraries (hundreds of MB) do not come with the npm package. */
export function thisMachine(): Machine {
  const root = dirname(require.resolve('onnxruntime-node/package.json'));
  const libraries = join(root, 'bin', 'napi-v6', process.platform, process.arch);
  const backends = listSupportedBackends();
  const supported = (Object.keys(BACKENDS) as Provider[]).filter(provider =>
    backends.some(({ name }) => name === BACKENDS[provider]),
  );
  const installed = (provider: Provider) =>
    backends.some(({ name, bundled }) => name === BACKENDS[provider] && bundled) ||
    (provider === 'cuda' && CUDA_LIBRARIES.every(file => existsSync(join(libraries, file))));
  return {
    system: `${SYSTEMS[process.platform] ?? process.platform} ${process.arch}`,
    usable: supported.filter(installed),
    installable: supported.includes('cuda') ? { cuda: howToInstallCuda(root, libraries) } : {},
  };
}

// The packaged extension leaves the installer and what it depends on out.
function howToInstallCuda(root: string, libraries: string): string {
  const script = join(root, 'script', 'install.js');
  return existsSync(script)
    ? `run "node ${script} --onnxruntime-node-install=cuda12" (CUDA 12 and cuDNN 9 must be on the machine)`
    : `put ${CUDA_LIBRARIES.join(' and ')} of the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux ${env.versions.node} into ${libraries} (CUDA 12 and cuDNN 9 must be on the machine)`;
}
