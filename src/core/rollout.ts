import { UserError } from './errors';

/** A prompt and what the model wrote after it: `<think>` … `</think>` if any, then the answer. */
export interface Rollout {
  prompt: string;
  response: string;
}

/** A rollout read from a file, with the UTF-16 offsets in the file's text at which its two parts begin. */
export interface ParsedRollout extends Rollout {
  promptStart: number;
  responseStart: number;
}

const HEADER = /^\uFEFF?<prompt(?: ([1-9]\d{0,8}))?>(\r?)\n/;
// A carriage return is let pass so that a file that an editor turned to CRLF still closes.
const CLOSER = /^<\/prompt>\r?$/;

/** The text of a rollout file: `<prompt>`, the prompt, `</prompt>`, then the response byte for byte to the end. */
export function formatRollout({ prompt, response }: Rollout): string {
  const inside = closerLines(prompt, 0, Infinity).length;
  const header = inside === 0 ? '<prompt>' : `<prompt ${inside + 1}>`;
  return `${header}\n${prompt}\n</prompt>\n${response}`;
}

/**
 * The inverse of `formatRollout`, exact for every prompt and response. A text whose first line is not a `<prompt>`
 * is a response without a prompt. Throws a UserError if the prompt is never closed.
 */
export function parseRollout(text: string): ParsedRollout {
  const header = HEADER.exec(text);
  if (!header) return { prompt: '', response: text, promptStart: 0, responseStart: 0 };
  const promptStart = header[0].length;
  const nth = Number(header[1] ?? 1);
  const closer = closerLines(text, promptStart, nth)[nth - 1];
  if (!closer) {
    throw new UserError(
      `the prompt is opened by ${header[0].trim()} but never closed: put </prompt> on a line of its own after it`,
    );
  }
  let promptEnd = Math.max(promptStart, closer.start - 1);
  // Only a file whose very first line ends in CRLF was converted; there the last line's \r is not the prompt's.
  if (header[2] && promptEnd > promptStart && text[promptEnd - 1] === '\r') promptEnd--;
  const responseStart = Math.min(text.length, closer.end + 1);
  return {
    prompt: text.slice(promptStart, promptEnd),
    response: text.slice(responseStart),
    promptStart,
    responseStart,
  };
}

/**
 * Where the reasoning stands in a response, tags excluded, as UTF-16 [start, end); null if it has no think tag.
 * A missing `<think>` (many chat templates end in it) begins at 0, a missing `</think>` (cut off) ends with the text.
 */
export function thinkSpan(response: string): { start: number; end: number } | null {
  const open = response.indexOf('<think>');
  const start = open < 0 ? 0 : open + '<think>'.length;
  const close = response.indexOf('</think>', start);
  if (open < 0 && close < 0) return null;
  return { start, end: close < 0 ? response.length : close };
}

/** What follows the reasoning: the text after `</think>`, empty if it was cut off before, all of it without tags. */
export function answerOf(response: string): string {
  const think = thinkSpan(response);
  return think ? response.slice(think.end + '</think>'.length) : response;
}

/** Throws a UserError if a rollout cannot be kept in a UTF-8 file: half a surrogate pair would be replaced silently. */
export function refuseLoneSurrogates({ prompt, response }: Rollout): void {
  for (const [name, text] of Object.entries({ prompt, response })) {
    const at = text.search(/\p{Surrogate}/u);
    if (at >= 0)
      throw new UserError(`the ${name} has half a surrogate pair at ${at}, which no UTF-8 file can hold`);
  }
}

function closerLines(text: string, from: number, limit: number): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = from;
  while (lines.length < limit && start <= text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end - start <= 10 && CLOSER.test(text.slice(start, end))) lines.push({ start, end });
    if (newline < 0) break;
    start = newline + 1;
  }
  return lines;
}
