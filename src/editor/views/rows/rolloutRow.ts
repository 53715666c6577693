import { BACKTRACKING } from '../../rollout/backtrackings';
import type { LabelTally } from '../../rollout/labelTally';

/** What the metadata of a rollout say, as far as the side bar shows it. */
export interface RolloutAbout {
  category: string | undefined;
  reviewed: boolean;
}

/** A rollout of the workspace; what its files say comes later than its name. */
export interface RolloutRow {
  /** The URI of its text. */
  key: string;
  /** File name without `.rollout.txt`. */
  name: string;
  /** Path of its folder, relative to the workspace; empty at the top. */
  folder: string;
  /** `orderKey` of the name. */
  order: string;
  /** Undefined until its `.rollout.json` is read. */
  about?: RolloutAbout;
  /** Undefined until its `.rollout.ann` is read. */
  labels?: LabelTally;
}

/** Sums over rollouts. `counted` of them have their labels read; `backtrackings` is over those. */
export interface Totals {
  rollouts: number;
  reviewed: number;
  counted: number;
  backtrackings: number;
}

/** Category and review mark of a `.rollout.json`; a broken or missing one has none. */
export function aboutOf(json: string): RolloutAbout {
  try {
    const { category, reviewed } = JSON.parse(json) as Record<string, unknown>;
    const named = typeof category === 'string' || typeof category === 'number' ? String(category).trim() : '';
    return { category: named || undefined, reviewed: reviewed === true };
  } catch {
    return { category: undefined, reviewed: false };
  }
}

/** Sums over rows. */
export function totalsOf(rows: readonly RolloutRow[]): Totals {
  const totals = { rollouts: rows.length, reviewed: 0, counted: 0, backtrackings: 0 };
  for (const { about, labels } of rows) {
    if (about?.reviewed) totals.reviewed++;
    if (!labels) continue;
    totals.counted++;
    totals.backtrackings += labels[BACKTRACKING] ?? 0;
  }
  return totals;
}
