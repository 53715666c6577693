/** Entries with those of `moved` (new ones by `make`) standing before `before`, in the given order; at the end without it. */
export function placed<T extends { path: string }>(
  entries: readonly T[],
  moved: readonly string[],
  before: string | undefined,
  make: (path: string) => T,
): T[] {
  const unique = [...new Set(moved)];
  const known = new Map(entries.map(entry => [entry.path, entry]));
  const put = unique.map(path => known.get(path) ?? make(path));
  const others = entries.filter(({ path }) => !unique.includes(path));
  // Dropped on one of themselves: they stay where that one stands.
  const anchor =
    before !== undefined && unique.includes(before)
      ? entries
          .slice(entries.findIndex(({ path }) => path === before))
          .find(({ path }) => !unique.includes(path))?.path
      : before;
  const at = others.findIndex(({ path }) => path === anchor);
  return at < 0 ? [...others, ...put] : [...others.slice(0, at), ...put, ...others.slice(at)];
}
