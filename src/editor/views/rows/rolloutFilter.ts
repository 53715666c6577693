import { BACKTRACKING } from '../../rollout/backtrackings';
import type { RolloutRow } from './rolloutRow';

/** Which rollouts the side bar shows. Choices of one kind are alternatives, different kinds must all hold. */
export interface RolloutFilter {
  /** Words that all stand in the name, in any order and case. */
  text: string;
  /** Undefined in it stands for "no category". */
  categories: readonly (string | undefined)[];
  review: readonly ('reviewed' | 'not reviewed')[];
  labels: readonly ('has backtracking' | 'no labels')[];
}

/** The filter that shows everything. */
export const SHOW_ALL: RolloutFilter = { text: '', categories: [], review: [], labels: [] };

/** How rollouts without a category are named. */
export const NO_CATEGORY = 'no category';

/** Whether a filter leaves anything out. */
export function isFiltering({ text, categories, review, labels }: RolloutFilter): boolean {
  return text.trim() !== '' || categories.length + review.length + labels.length > 0;
}

/** The rows that fit. A row whose file is not read yet fits no choice about what stands in it. */
export function filterRows(rows: readonly RolloutRow[], filter: RolloutFilter): readonly RolloutRow[] {
  if (!isFiltering(filter)) return rows;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { categories, review, labels: wanted } = filter;
  return rows.filter(({ name, about, labels }) => {
    const lower = name.toLowerCase();
    if (!words.every(word => lower.includes(word))) return false;
    if (categories.length > 0 && !(about && categories.includes(about.category))) return false;
    if (review.length > 0 && !(about && review.includes(about.reviewed ? 'reviewed' : 'not reviewed')))
      return false;
    if (wanted.length === 0) return true;
    if (!labels) return false;
    const none = Object.keys(labels).length === 0;
    return (
      (wanted.includes('no labels') && none) ||
      (wanted.includes('has backtracking') && (labels[BACKTRACKING] ?? 0) > 0)
    );
  });
}

/** The filter in words: `“wait”, animals or books, not reviewed`. */
export function describeFilter({ text, categories, review, labels }: RolloutFilter): string {
  const either = (choices: readonly (string | undefined)[]) =>
    choices.map(choice => choice ?? NO_CATEGORY).join(' or ');
  const words = text.trim() === '' ? [] : [`“${text.trim()}”`];
  return [...words, ...[categories, review, labels].map(either).filter(Boolean)].join(', ');
}
