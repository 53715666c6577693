import { alignParts, type PlacedPart } from './align';
import { UserError } from './errors';
import { refuseLoneSurrogates } from './rollout';
import { parseTagged, type TaggedPart } from './venhoff';

/** One record of Venhoff's file, its labelled parts placed in `response` (UTF-16 offsets) as far as they can be. */
export interface VenhoffRollout {
  prompt: string;
  response: string;
  /** Labelled parts found in the annotation. */
  parts: number;
  placed: PlacedPart[];
  unplaced: { part: TaggedPart; reason: string }[];
  /** Text of the annotation under no usable label. */
  stray: { text: string; reason: string }[];
  /** Every field that is not used otherwise. */
  metadata: Record<string, unknown>;
}

/**
 * Reads one object {response, annotated_response, thinking_process?, prompt? | original_message? | question?, …}. The labeller
 * saw the thinking only, so parts are looked for there if the record says what it was. Throws a UserError without a response.
 */
export function readVenhoffRecord(record: unknown): VenhoffRollout {
  if (typeof record !== 'object' || record === null)
    throw new UserError('not an object with response and annotated_response');
  const { response, annotated_response, thinking_process, ...rest } = record as Record<string, unknown>;
  if (typeof response !== 'string') throw new UserError('"response" is missing or not a string');
  if (typeof annotated_response !== 'string')
    throw new UserError('"annotated_response" is missing or not a string');
  const { prompt, metadata } = takePrompt(rest);
  refuseLoneSurrogates({ prompt, response });
  const { parts, stray } = parseTagged(annotated_response);
  const from =
    typeof thinking_process === 'string' && thinking_process !== '' ? response.indexOf(thinking_process) : -1;
  const base = Math.max(0, from);
  const seen = from < 0 ? response : (thinking_process as string);
  const { placed, unplaced } = alignParts(parts, seen);
  return {
    prompt,
    response,
    parts: parts.length,
    placed: placed.map(place => ({ ...place, start: place.start + base, end: place.end + base })),
    unplaced,
    stray,
    metadata,
  };
}

/** Releases of the format name the question differently: a string, or a chat message with its content. */
function takePrompt(record: Record<string, unknown>): { prompt: string; metadata: Record<string, unknown> } {
  for (const key of ['prompt', 'question', 'original_message']) {
    const value = record[key];
    const content =
      typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value;
    if (typeof content === 'string') {
      const { [key]: _, ...metadata } = record;
      return { prompt: content, metadata };
    }
  }
  return { prompt: '', metadata: record };
}
