import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { readJsonObject } from './tokenizerFiles';

/** Ids that end a text: `eos_token_id` (a number or a list) of generation_config.json, else of config.json; none if neither has it. */
export function stopTokens(folder: string): number[] {
  for (const file of ['generation_config.json', 'config.json']) {
    const path = join(folder, file);
    const value = readJsonObject(path)?.eos_token_id;
    if (value === undefined || value === null) continue;
    const ids: unknown[] = Array.isArray(value) ? value : [value];
    if (!ids.every(id => Number.isInteger(id) && (id as number) >= 0)) {
      throw new UserError(
        `${path}: eos_token_id should be a token id or a list of them, not ${JSON.stringify(value)}.`,
      );
    }
    return [...new Set(ids as number[])];
  }
  return [];
}
