import { orderKey } from './naturalOrder';
import type { RolloutRow } from './rolloutRow';

/** A category with its rollouts in order; `category` is undefined for those without one. */
export interface Category {
  category: string | undefined;
  rows: RolloutRow[];
}

/** Neighbours among many, shown as one row until a person opens it. */
export interface Range<T> {
  from: number;
  to: number;
  items: readonly T[];
}

/** As many rows as VS Code makes of one opened row within a frame or two; more are put into ranges. */
export const MOST_ROWS = 500;

/** Rows by category in natural order, those without a category last. Rows whose metadata are not read yet are left out. */
export function byCategory(rows: readonly RolloutRow[]): Category[] {
  const groups = new Map<string | undefined, RolloutRow[]>();
  for (const row of rows) {
    if (!row.about) continue;
    const group = groups.get(row.about.category);
    if (group) group.push(row);
    else groups.set(row.about.category, [row]);
  }
  return [...groups]
    .map(([category, rows]) => ({ category, rows, order: orderKey(category ?? '') }))
    .sort((a, b) =>
      (a.category === undefined) !== (b.category === undefined)
        ? Number(a.category === undefined) - Number(b.category === undefined)
        : a.order < b.order
          ? -1
          : a.order > b.order
            ? 1
            : String(a.category) < String(b.category)
              ? -1
              : 1,
    )
    .map(({ category, rows }) => ({ category, rows }));
}

/** Cuts a long list into ranges of `most`; a list that is short enough is undefined. `from` and `to` count from 1. */
export function inRanges<T>(items: readonly T[], most = MOST_ROWS): Range<T>[] | undefined {
  if (items.length <= most) return undefined;
  const ranges: Range<T>[] = [];
  for (let from = 0; from < items.length; from += most) {
    const part = items.slice(from, from + most);
    ranges.push({ from: from + 1, to: from + part.length, items: part });
  }
  return ranges;
}

/** Names that several of the rows have: those need their folder beside them. */
export function repeatedNames(rows: readonly RolloutRow[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of rows) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}
