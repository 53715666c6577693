import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inspectModelFolder, type ModelFolder } from './modelFolder';

/** A model that Hugging Face's tools downloaded to this machine. */
export interface CachedModel extends ModelFolder {
  /** "org/name". */
  name: string;
  /** The commit, seven digits. */
  revision: string;
}

/** Where Hugging Face's tools keep what they download, by the variables that they obey. */
export function huggingFaceCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HF_HUB_CACHE) return env.HF_HUB_CACHE;
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  return join(home, 'hub');
}

/** The whole models in a cache: of each the revision that `main` names, else the newest. What is not whole is left out. */
export async function cachedModels(cache = huggingFaceCacheFolder()): Promise<CachedModel[]> {
  const repositories = (await names(cache)).filter(name => name.startsWith('models--')).sort();
  const found = await Promise.all(
    repositories.map(async repository => {
      const name = repository.slice('models--'.length).replaceAll('--', '/');
      for (const revision of await revisions(join(cache, repository))) {
        const folder = join(cache, repository, 'snapshots', revision);
        const model = await inspectModelFolder(folder).catch(() => undefined);
        if (model) return { ...model, name, revision: revision.slice(0, 7) };
      }
      return undefined;
    }),
  );
  return found.filter(model => model !== undefined);
}

/** Revisions in the order in which they are wanted. */
async function revisions(repository: string): Promise<string[]> {
  const main = await readFile(join(repository, 'refs', 'main'), 'utf8').catch(() => '');
  const snapshots = join(repository, 'snapshots');
  const dated = await Promise.all(
    (await names(snapshots)).map(async name => ({
      name,
      time:
        name === main.trim()
          ? Number.POSITIVE_INFINITY
          : await stat(join(snapshots, name)).then(
              ({ mtimeMs }) => mtimeMs,
              // A link to nowhere: whoever looks into it says so.
              () => 0,
            ),
    })),
  );
  return dated.sort((a, b) => b.time - a.time).map(({ name }) => name);
}

const names = (folder: string) => readdir(folder).catch(() => [] as string[]);
