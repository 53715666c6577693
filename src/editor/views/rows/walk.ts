/** Folders looked into at most: a file system behind a network has its price for each. */
const MOST_FOLDERS = 5000;
const SKIPPED = new Set(['node_modules', '.git']);

/** Paths of the files below a folder whose name passes, for file systems that VS Code cannot search. A folder that cannot be read counts as empty. */
export async function walk(
  top: string,
  read: (folder: string) => Promise<[name: string, isFolder: boolean][]>,
  passes: (name: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  const folders = [top];
  for (let i = 0; i < folders.length && i < MOST_FOLDERS; i++) {
    const entries = await read(folders[i]).catch(() => []);
    for (const [name, isFolder] of entries) {
      const path = `${folders[i].replace(/\/$/, '')}/${name}`;
      if (isFolder) {
        if (!SKIPPED.has(name)) folders.push(path);
      } else if (passes(name)) found.push(path);
    }
  }
  return found;
}
