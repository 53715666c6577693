import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../core/errors';
import { Slices } from './slices';
import { readTokenizerParts, type TokenizerParts } from './tokenizerParts';

/** A JSON object of unknown make. */
export type Json = Record<string, unknown>;

/** An entry of `added_tokens` in tokenizer.json. */
export interface AddedTokenEntry {
  id: number;
  content: string;
  special: boolean;
  /** Matched in the normalised text rather than in the text as it is. */
  normalized: boolean;
  /** Swallows the white space before (after) it. */
  lstrip: boolean;
  rstrip: boolean;
  /** Matched only where no word character stands beside it. */
  singleWord: boolean;
}

/** What the tokenizer files of a folder say. */
export interface TokenizerFiles {
  /** The folder's name, for messages. */
  name: string;
  tokenizer: Json;
  config: Json;
  added: AddedTokenEntry[];
  /** sha256 of tokenizer.json, hexadecimal. */
  hash: string;
  /** Vocabulary and merges, if they were read apart: `tokenizer` has empty ones then. */
  parts?: TokenizerParts;
}

/** Reads a JSON object; undefined if there is no such file. Throws UserError if it is not an object. */
export function readJsonObject(path: string): Json | undefined {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${path} should hold a JSON object.`);
  }
  return value as Json;
}

/** Reads tokenizer.json and tokenizer_config.json (which may be missing) of a Hugging Face folder. */
export function readTokenizerFiles(folder: string): TokenizerFiles {
  const path = join(folder, 'tokenizer.json');
  const tokenizer = readJsonObject(path);
  if (!tokenizer) throw noTokenizer(folder);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { ...describe(folder, tokenizer), hash };
}

/**
 * As `readTokenizerFiles`, in slices: an editor's event loop is never blocked for long by the 9 MB of Llama 3. A file of
 * another make than usual is read in one piece.
 */
export async function readTokenizerFilesSliced(folder: string): Promise<TokenizerFiles> {
  const path = join(folder, 'tokenizer.json');
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) throw noTokenizer(folder);
  const slices = new Slices();
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const chunk = bytes.subarray(at, at + CHUNK);
    hash.update(chunk);
    text += decoder.decode(chunk, { stream: at + CHUNK < bytes.length });
    await slices.pause();
  }
  const parts = await slices.run(readTokenizerParts(text));
  const tokenizer = parts && jsonOf(parts.rest);
  if (!tokenizer) return readTokenizerFiles(folder);
  return { ...describe(folder, tokenizer), hash: hash.digest('hex'), parts };
}

// Hashed and decoded in a few milliseconds.
const CHUNK = 1 << 20;

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function noTokenizer(folder: string): UserError {
  return new UserError(`${folder} has no tokenizer.json. Save the model with a "fast" tokenizer to get one.`);
}

function describe(folder: string, tokenizer: Json): Omit<TokenizerFiles, 'hash' | 'parts'> {
  const path = join(folder, 'tokenizer.json');
  const added = Array.isArray(tokenizer.added_tokens) ? (tokenizer.added_tokens as Json[]) : [];
  return {
    name: basename(folder),
    tokenizer,
    config: readJsonObject(join(folder, 'tokenizer_config.json')) ?? {},
    added: added.map(entry => readAddedToken(entry, path)),
  };
}

function readAddedToken(entry: Json, path: string): AddedTokenEntry {
  const { id, content } = entry;
  if (typeof id !== 'number' || typeof content !== 'string' || content === '') {
    throw new UserError(
      `${path}: an entry of added_tokens has no id or no content: ${JSON.stringify(entry)}`,
    );
  }
  const special = entry.special === true;
  return {
    id,
    content,
    special,
    normalized: typeof entry.normalized === 'boolean' ? entry.normalized : !special,
    lstrip: entry.lstrip === true,
    rstrip: entry.rstrip === true,
    singleWord: entry.single_word === true,
  };
}

/** A special token as the files give it: a string, or an object with `content`. */
export function specialTokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const content = (value as Json | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}
