import { UserError } from './errors';
import type { Label } from './labels';
import { offsetMap } from './offsets';
import { type Rollout, refuseLoneSurrogates } from './rollout';

/** One record of a JSON-lines file: labels in UTF-16 offsets of `response`; every other field is metadata, kept as it was. */
export interface ImportedRollout {
  rollout: Rollout;
  labels: { start: number; end: number; label: Label }[];
  metadata: Record<string, unknown>;
}

/**
 * Reads one line {prompt, response[, labels: [{start, end, label}], …]}, label offsets in code points of `response`. Throws a
 * UserError that says what is missing or out of range; the caller adds the file and the line.
 */
export function parseRecord(line: string): ImportedRollout {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw new UserError(`not JSON (${error instanceof Error ? error.message.replace(/\s+/g, ' ') : error})`);
  }
  if (!isObject(record)) throw new UserError('not a JSON object with prompt and response');
  const { prompt, response, labels = [], ...metadata } = record;
  if (typeof prompt !== 'string') throw new UserError('"prompt" is missing or not a string');
  if (typeof response !== 'string') throw new UserError('"response" is missing or not a string');
  refuseLoneSurrogates({ prompt, response });
  if (!Array.isArray(labels)) throw new UserError('"labels" is not a list of {start, end, label}');
  const offsets = offsetMap(response);
  const spans = labels.map((item: unknown, index) => {
    const at = `label ${index + 1}`;
    if (!isObject(item)) throw new UserError(`${at} is not an object {start, end, label}`);
    const { start, end, label } = item;
    if (typeof label !== 'string' || !/^\S+$/.test(label)) {
      throw new UserError(`${at} has no usable name (${JSON.stringify(label)}): use a string without spaces`);
    }
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (
      !whole ||
      (start as number) < 0 ||
      (start as number) >= (end as number) ||
      (end as number) > offsets.codePoints
    ) {
      throw new UserError(
        `${at} (${label}) has offsets ${start} to ${end}, outside the response of ${offsets.codePoints} code points`,
      );
    }
    return { start: offsets.toUtf16(start as number), end: offsets.toUtf16(end as number), label };
  });
  return { rollout: { prompt, response }, labels: spans, metadata };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
