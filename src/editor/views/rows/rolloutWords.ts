import { LABELS } from '../../../core/labels';
import { BACKTRACKING } from '../../rollout/backtrackings';
import { type LabelTally, orderedTally } from '../../rollout/labelTally';
import type { Totals } from './rolloutRow';

/** Backtracking first, as it is looked for; then as in the paper. */
const ORDER = [BACKTRACKING, ...LABELS.filter(label => label !== BACKTRACKING)];

/** `1 rollout`, `1,200 rollouts`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What stands beside a category: `12 rollouts · 5 reviewed · 37 backtrackings`, the last once all labels are read. A side bar is narrow: none reviewed is not told. */
export function totalsInWords({ rollouts, reviewed, counted: read, backtrackings }: Totals): string {
  const parts = [counted(rollouts, 'rollout')];
  if (reviewed > 0) parts.push(`${reviewed.toLocaleString('en')} reviewed`);
  if (read === rollouts) parts.push(counted(backtrackings, 'backtracking'));
  return parts.join(' · ');
}

/** Label counts as marks: `⑥3 ②5`. Other labels are added up under `marks['']`. */
export function labelMarks(labels: LabelTally, marks: Readonly<Record<string, string>>): string {
  const shown = orderedTally(labels, ORDER);
  const known = shown.filter(({ label }) => label !== '' && Object.hasOwn(marks, label));
  const others = shown.filter(entry => !known.includes(entry)).reduce((sum, { count }) => sum + count, 0);
  const texts = known.map(({ label, count }) => `${marks[label]}${count}`);
  if (others > 0) texts.push(`${marks['']}${others}`);
  return texts.join(' ');
}

/** Label counts in words, for screen readers and tooltips: `3 backtracking, 5 deduction`. */
export function labelsInWords(labels: LabelTally): string {
  const words = orderedTally(labels, ORDER).map(({ label, count }) => `${count} ${label}`);
  return words.length > 0 ? words.join(', ') : 'no labels';
}
