import type { ModelInfo } from '../../model/contract';
import { PROVIDER_NAMES } from '../../model/providers';
import { formatBytes } from './modelFolder';

/** What a model is, for a sentence: "LlamaForCausalLM, 6 layers, d 128, vocabulary 1056". */
export function describeModel({ architecture, layers, dModel, vocabulary }: ModelInfo): string {
  return `${architecture}, ${layers} layers, d ${dModel}, vocabulary ${vocabulary}`;
}

/** Where a model runs and what it holds, for a list: "CPU · 95 MB". */
export function describePlace({ provider, memory }: ModelInfo): string {
  return `${providerName(provider)} · ${formatBytes(memory)}`;
}

/** A provider as the name of a thing: "CPU", "WebGPU". */
export function providerName(provider: ModelInfo['provider']): string {
  return PROVIDER_NAMES[provider].replace(/^the /, '');
}
