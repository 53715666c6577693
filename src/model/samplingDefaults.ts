import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sampling } from './contract';

/** What a person may set; undefined leaves it to the model's generation_config.json. */
export interface SamplingChoice {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  maxTokens?: number;
}

const DEFAULT_MAX_TOKENS = 512;

/** Fills in what the model's own generation_config.json says: it samples only where `do_sample` is true, as in Hugging Face. */
export function samplingDefaults(folder: string, choice: SamplingChoice): Sampling & { maxTokens: number } {
  let own: Record<string, unknown> = {};
  try {
    own = JSON.parse(readFileSync(join(folder, 'generation_config.json'), 'utf8'));
  } catch {
    // The file is optional, and a broken one only loses its suggestions.
  }
  const suggestion = (key: string) => (typeof own[key] === 'number' ? (own[key] as number) : undefined);
  const samples = own.do_sample === true;
  const fromModel = samples && choice.temperature !== 0;
  return {
    temperature: choice.temperature ?? (samples ? (suggestion('temperature') ?? 1) : 0),
    topP: choice.topP ?? (fromModel ? suggestion('top_p') : undefined),
    topK: choice.topK ?? (fromModel ? suggestion('top_k') : undefined),
    minP: choice.minP ?? (fromModel ? suggestion('min_p') : undefined),
    maxTokens: choice.maxTokens ?? suggestion('max_new_tokens') ?? DEFAULT_MAX_TOKENS,
  };
}
