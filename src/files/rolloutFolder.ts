import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelledSpan } from '../core/annotation';
import { formatAnn, parseAnn } from '../core/brat';
import { UserError } from '../core/errors';
import {
  formatRollout,
  type ParsedRollout,
  parseRollout,
  type Rollout,
  refuseLoneSurrogates,
} from '../core/rollout';
import { atomicWrite } from './atomicWrite';
import { asUserError } from './systemError';
import { readUtf8 } from './textFile';

const TEXT = '.rollout.txt';
const LABELS = '.rollout.ann';
const PROVENANCE = '.rollout.json';

/** Where a rollout came from: id, category, model, sampling, seed, finishReason, tool version, and whatever an import brought. */
export type RolloutMetadata = Record<string, unknown>;

/** A rollout as it lies in its folder: `name.rollout.txt`, `.rollout.ann` and `.rollout.json`. */
export interface StoredRollout {
  name: string;
  /** The whole text file; label offsets count in it. */
  text: string;
  rollout: ParsedRollout;
  spans: LabelledSpan[];
  /** Lines of the `.ann` file that are no labels of ours, kept on rewriting. */
  otherAnnLines: string[];
  /** Lines of the `.ann` file that were moved or not understood. */
  problems: { line: number; message: string }[];
  metadata: RolloutMetadata;
  /** SHA-256 (hex) over text and labels: what a vector file names. */
  hash: string;
}

/** What `writeRollout` writes. Spans count in `formatRollout(rollout)`; without them no `.ann` file is written. */
export interface NewRollout {
  name: string;
  rollout: Rollout;
  spans?: readonly LabelledSpan[];
  metadata?: RolloutMetadata;
}

/** Names of the rollouts in a folder in natural order (2 before 10); empty if there are none. */
export async function listRollouts(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter(file => file.endsWith(TEXT) && file.length > TEXT.length);
    // Only the order matters here, and it must be the same under every locale.
    const { compare } = new Intl.Collator('en', { numeric: true });
    return names.map(file => file.slice(0, -TEXT.length)).sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
  } catch (error) {
    throw asUserError(error, 'read', folder);
  }
}

/** As `listRollouts`, for callers that need some: a UserError that names the folder if there are none. */
export async function requireRollouts(folder: string): Promise<string[]> {
  const names = await listRollouts(folder);
  if (names.length === 0) throw new UserError(`${folder} has no rollouts: it needs files named *${TEXT}`);
  return names;
}

/** Reads one rollout; a missing `.ann` or `.json` file is no labels and no metadata. */
export async function readRollout(folder: string, name: string): Promise<StoredRollout> {
  const path = join(folder, name + TEXT);
  const text = await readUtf8(path);
  const ann = await readIfThere(join(folder, name + LABELS));
  const { spans, other, problems } = parseAnn(ann ?? '', text);
  return {
    name,
    text,
    rollout: naming(path, () => parseRollout(text)),
    spans,
    otherAnnLines: other,
    problems,
    metadata: await readMetadata(join(folder, name + PROVENANCE)),
    hash: rolloutHash(text, ann ?? ''),
  };
}

/** Reads every rollout of a folder, in order, one at a time. */
export async function* readRollouts(folder: string): AsyncGenerator<StoredRollout> {
  for (const name of await listRollouts(folder)) yield await readRollout(folder, name);
}

/** Writes one rollout, making the folder if need be. Throws a UserError for a name that is no plain file name. */
export async function writeRollout(
  folder: string,
  { name, rollout, spans, metadata }: NewRollout,
): Promise<void> {
  checkName(name);
  naming(join(folder, name + TEXT), () => refuseLoneSurrogates(rollout));
  const text = formatRollout(rollout);
  // Labels are formed first: a bad one must not leave a text without its labels.
  const ann = spans && naming(join(folder, name + LABELS), () => formatAnn(spans, text));
  await makeFolder(folder);
  if (metadata) await atomicWrite(join(folder, name + PROVENANCE), JSON.stringify(metadata, null, 2) + '\n');
  if (ann !== undefined) await atomicWrite(join(folder, name + LABELS), ann);
  // The text comes last: it is what makes a rollout count as there.
  await atomicWrite(join(folder, name + TEXT), text);
}

/** Replaces the labels of a rollout; other lines of its `.ann` file (notes, relations, what was not understood) are kept. */
export async function writeLabels(
  folder: string,
  name: string,
  spans: readonly LabelledSpan[],
): Promise<void> {
  const { text, otherAnnLines } = await readRollout(folder, name);
  const path = join(folder, name + LABELS);
  const ann = naming(path, () => formatAnn(spans, text, otherAnnLines));
  await atomicWrite(path, ann);
}

/** Deletes the files of a rollout, as far as they are there. */
export async function removeRollout(folder: string, name: string): Promise<void> {
  for (const extension of [TEXT, LABELS, PROVENANCE])
    await rm(join(folder, name + extension), { force: true });
}

/** SHA-256 (hex) of a rollout's text and of its `.ann` text (empty if there is none). */
export function rolloutHash(text: string, ann: string): string {
  const hash = createHash('sha256');
  // The length keeps text and labels apart.
  hash
    .update(`${Buffer.byteLength(text)}\n`)
    .update(text)
    .update(ann);
  return hash.digest('hex');
}

/** Makes a folder and those above it; a UserError that names it if that fails. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asUserError(error, 'make the folder', folder);
  }
}

function checkName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/^[^/\\:*?"<>|\u0000-\u001f]{1,200}$/u.test(name) || /^\.|[. ]$/.test(name)) {
    throw new UserError(`"${name}" cannot name a rollout's files: use letters, digits, - and _`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  const there = await stat(path).then(
    () => true,
    error => error.code !== 'ENOENT',
  );
  return there ? readUtf8(path) : undefined;
}

async function readMetadata(path: string): Promise<RolloutMetadata> {
  const text = await readIfThere(path);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is not JSON: repair or delete it`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RolloutMetadata;
  throw new UserError(`${path} is not a JSON object: repair or delete it`);
}

function naming<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}
