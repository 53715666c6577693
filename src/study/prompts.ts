import { UserError } from '../core/errors';
import { readUtf8 } from '../files/textFile';

/** One prompt of a study. */
export interface StudyPrompt {
  id: string;
  category: string;
  prompt: string;
}

/** Reads a JSON Lines file of {prompt[, id, category]}; throws a UserError naming the line that is wrong. */
export async function readPrompts(path: string): Promise<StudyPrompt[]> {
  const prompts: StudyPrompt[] = [];
  for (const [index, line] of (await readUtf8(path))
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (!line.trim()) continue;
    let record: Record<string, unknown>;
    try {
      record = JSON.parse(line);
    } catch {
      throw new UserError(`${path}, line ${index + 1}: not JSON. Each line holds an object with a "prompt".`);
    }
    if (typeof record?.prompt !== 'string' || !record.prompt.trim()) {
      throw new UserError(`${path}, line ${index + 1}: "prompt" is missing or empty.`);
    }
    const text = (value: unknown) =>
      typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    prompts.push({
      id: text(record.id) || String(index + 1).padStart(4, '0'),
      category: text(record.category),
      prompt: record.prompt,
    });
  }
  if (prompts.length === 0)
    throw new UserError(`${path} holds no prompts; write one JSON object {"prompt": "…"} a line.`);
  return prompts;
}
