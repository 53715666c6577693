import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { asUserError } from './systemError';

/** What can be written: text as UTF-8, bytes, or chunks of bytes one after the other. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file whole or not at all: to `path.<pid>.incomplete` beside it, then renamed over it. If writing fails, the file
 * that was there stays and no half is left, nor when the process exits meanwhile. Throws a UserError that names the file
 * (no space, no permission, …).
 */
export async function atomicWrite(path: string, content: Content): Promise<void> {
  const incomplete = `${path}.${process.pid}-${++written}.incomplete`;
  if (written === 1) process.once('exit', removeHalves);
  halves.add(incomplete);
  try {
    const file = await open(incomplete, 'wx');
    try {
      if (typeof content === 'string') await file.writeFile(content, 'utf8');
      else if (content instanceof Uint8Array) await file.writeFile(content);
      else for await (const chunk of content) await file.writeFile(chunk);
      // Without it a power cut after the rename could leave an empty file under the good name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(incomplete, path);
  } catch (error) {
    await rm(incomplete, { force: true }).catch(() => {});
    throw asUserError(error, 'write', path);
  } finally {
    halves.delete(incomplete);
  }
}

/** Two writes of one file at a time must not share a half. */
let written = 0;

const halves = new Set<string>();

function removeHalves(): void {
  for (const path of halves) rmSync(path, { force: true });
}
