import { basename, extname, join } from 'node:path';
import { UserError } from '../core/errors';
import { parseRecord } from '../core/jsonlImport';
import { formatRollout, parseRollout } from '../core/rollout';
import { readVenhoffRecord } from '../core/venhoffRecord';
import { atomicWrite } from './atomicWrite';
import { listRollouts, makeFolder, type NewRollout, removeRollout, writeRollout } from './rolloutFolder';
import { readUtf8 } from './textFile';

/** What an import did. */
export interface ImportSummary {
  rollouts: number;
  /** Labelled parts the file has, and how many of them stand in the rollouts now, by how they were found. */
  parts: number;
  placed: number;
  placedBy: { exact: number; whitespace: number; fuzzy: number };
  unplaced: { rollout: string; label: string | null; text: string; reason: string }[];
}

type Incoming = { rollout: NewRollout } & Pick<ImportSummary, 'parts' | 'placedBy' | 'unplaced'>;

/** The file beside the rollouts that lists what was not placed. */
export function importReportName(source: string): string {
  return `${basename(source, extname(source))}.import-report.json`;
}

/**
 * Imports Venhoff's `.json` (a list of {response, annotated_response, …}) or `.jsonl` ({prompt, response[, labels]} a line)
 * into a folder of rollouts. The whole file is read first: nothing is written if a record is broken (UserError, with its place).
 */
export async function importFile(path: string, outFolder: string): Promise<ImportSummary> {
  const kind = extname(path).toLowerCase();
  if (kind !== '.json' && kind !== '.jsonl') {
    throw new UserError(
      `${path} cannot be imported: a .json file (Venhoff) or a .jsonl file ({prompt, response}) is wanted`,
    );
  }
  const text = (await readUtf8(path)).replace(/^\uFEFF/, '');
  const incoming = kind === '.json' ? fromVenhoff(text, path) : fromJsonLines(text, path);
  if (incoming.length === 0) throw new UserError(`${path} has no rollouts in it`);
  await makeFolder(outFolder);
  const there = new Set(await listRollouts(outFolder));
  const clash = incoming.find(({ rollout }) => there.has(rollout.name));
  if (clash) {
    throw new UserError(
      `${join(outFolder, clash.rollout.name)} is already there: import into an empty folder`,
    );
  }
  const summary = summarise(incoming);
  try {
    for (const { rollout } of incoming) await writeRollout(outFolder, rollout);
    const report = { source: basename(path), ...summary };
    await atomicWrite(join(outFolder, importReportName(path)), JSON.stringify(report, null, 2) + '\n');
  } catch (error) {
    // Half an import looks like a whole one; none of these names was there before.
    for (const { rollout } of incoming) await removeRollout(outFolder, rollout.name);
    throw error;
  }
  return summary;
}

function summarise(incoming: readonly Incoming[]): ImportSummary {
  const placedBy = { exact: 0, whitespace: 0, fuzzy: 0 };
  let parts = 0;
  for (const one of incoming) {
    parts += one.parts;
    for (const how of ['exact', 'whitespace', 'fuzzy'] as const) placedBy[how] += one.placedBy[how];
  }
  return {
    rollouts: incoming.length,
    parts,
    placed: placedBy.exact + placedBy.whitespace + placedBy.fuzzy,
    placedBy,
    unplaced: incoming.flatMap(one => one.unplaced),
  };
}

function fromVenhoff(text: string, path: string): Incoming[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is not JSON: a list of {response, annotated_response} is wanted`);
  }
  if (!Array.isArray(list)) throw new UserError(`${path} is not a list of {response, annotated_response}`);
  return list.map((record: unknown, index) => {
    const read = placing(`${path}, record ${index + 1}`, () => readVenhoffRecord(record));
    const name = numberedName(path, index, list.length);
    const { responseStart } = parseRollout(formatRollout(read));
    const placedBy = { exact: 0, whitespace: 0, fuzzy: 0 };
    for (const { how } of read.placed) placedBy[how]++;
    return {
      rollout: {
        name,
        rollout: { prompt: read.prompt, response: read.response },
        spans: read.placed.map(({ part, start, end }) => ({
          start: responseStart + start,
          end: responseStart + end,
          label: part.label,
        })),
        metadata: { ...read.metadata, importedFrom: `${basename(path)}, record ${index + 1}` },
      },
      parts: read.parts,
      placedBy,
      unplaced: [
        ...read.unplaced.map(({ part, reason }) => ({
          rollout: name,
          label: part.label,
          text: part.text,
          reason,
        })),
        ...read.stray.map(({ text, reason }) => ({ rollout: name, label: null, text, reason })),
      ],
    };
  });
}

function fromJsonLines(text: string, path: string): Incoming[] {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const records = lines.filter(({ line }) => line.trim() !== '');
  return records.map(({ line, number }, index) => {
    const read = placing(`${path}, line ${number}`, () => parseRecord(line));
    const { responseStart } = parseRollout(formatRollout(read.rollout));
    const spans = read.labels.map(({ start, end, label }) => ({
      start: responseStart + start,
      end: responseStart + end,
      label,
    }));
    return {
      rollout: {
        name: numberedName(path, index, records.length),
        rollout: read.rollout,
        spans,
        metadata: { ...read.metadata, importedFrom: `${basename(path)}, line ${number}` },
      },
      parts: spans.length,
      placedBy: { exact: spans.length, whitespace: 0, fuzzy: 0 },
      unplaced: [],
    };
  });
}

/** "rollouts-007": the file's name and the record's number, padded so that every tool sorts them alike. */
function numberedName(path: string, index: number, total: number): string {
  const stem =
    basename(path, extname(path))
      .replace(/[^\p{L}\p{N}_-]+/gu, '-')
      .replace(/^-+/, '')
      .slice(0, 100) || 'rollout';
  return `${stem}-${String(index + 1).padStart(String(total).length, '0')}`;
}

function placing<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${place}: ${error.message}`);
    throw error;
  }
}
