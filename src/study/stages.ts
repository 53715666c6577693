import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atomicWrite } from '../files/atomicWrite';
import { makeFolder } from '../files/rolloutFolder';

/**
 * Results of the stages of a long job, kept as files in a folder: a job that was killed, or run again with some
 * settings changed, computes only the stages whose settings differ.
 */
export class Stages {
  /** Seconds that each stage took now; stages read from their files are left out. */
  readonly seconds: Record<string, number> = {};

  constructor(private readonly folder: string) {}

  /** The kept result of a stage with these settings, else the newly computed one. */
  async run<T>(name: string, settings: unknown, compute: () => Promise<T>): Promise<T> {
    const key = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
    const path = join(this.folder, `${name}.json`);
    const kept = readKept(path);
    if (kept?.key === key) return kept.result as T;
    const start = performance.now();
    const result = await compute();
    this.seconds[name] = (performance.now() - start) / 1000;
    await makeFolder(this.folder);
    await atomicWrite(path, JSON.stringify({ key, result }));
    return result;
  }
}

function readKept(path: string): { key: string; result: unknown } | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
