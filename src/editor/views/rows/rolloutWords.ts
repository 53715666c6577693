import { LABELS } from '../../../core/labels';
import { type LabelTally, orderedTally } from '../../rollout/labelTally';
import type { Totals } from './rolloutRow';

/** `1 rollout`, `1,200 rollouts`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What stands beside a category: `12 rollouts · 5 reviewed · 37 backtrackings`, the last once all labels are read. */
export function totalsInWords({ rollouts, reviewed, counted: read, backtrackings }: Totals): string {
  const parts = [counted(rollouts, 'rollout'), `${reviewed.toLocaleString('en')} reviewed`];
  if (read === rollouts) parts.push(counted(backtrackings, 'backtracking'));
  return parts.join(' · ');
}

/** Label counts as marks: `⑥3 ②5`, backtracking first, as it is looked for. Other labels are added up under `marks['']`. */
export function labelMarks(labels: LabelTally, marks: Readonly<Record<string, string>>): string {
  const shown = orderedTally(labels, [...LABELS].reverse());
  const known = shown.filter(({ label }) => label !== '' && Object.hasOwn(marks, label));
  const others = shown.filter(entry => !known.includes(entry)).reduce((sum, { count }) => sum + count, 0);
  const texts = known.map(({ label, count }) => `${marks[label]}${count}`);
  if (others > 0) texts.push(`${marks['']}${others}`);
  return texts.join(' ');
}

/** Label counts in words, for screen readers and tooltips: `3 backtracking, 5 deduction`. */
export function labelsInWords(labels: LabelTally): string {
  const words = orderedTally(labels, [...LABELS].reverse()).map(({ label, count }) => `${count} ${label}`);
  return words.length > 0 ? words.join(', ') : 'no labels';
}
