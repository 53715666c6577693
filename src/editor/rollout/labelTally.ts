/** How many sentences carry each label. */
export type LabelTally = Readonly<Record<string, number>>;

const LABEL_LINE = /^T\S*\t(\S+) \d+ \d+(?:\t|\r?$)/gm;

/** Labels as the lines of an `.ann` text name them; whether they fit the rollout is not looked at. */
export function tallyAnn(ann: string): LabelTally {
  return tally(Array.from(ann.matchAll(LABEL_LINE), ([, label]) => label));
}

/** Counts equal labels. */
export function tally(labels: Iterable<string>): LabelTally {
  // Without a prototype: "constructor" is a label like any other.
  const counts: Record<string, number> = Object.create(null);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Whether two tallies are equal. */
export function sameTally(a: LabelTally, b: LabelTally): boolean {
  const labels = Object.keys(a);
  return labels.length === Object.keys(b).length && labels.every(label => a[label] === b[label]);
}

/** The counts above zero: the given order first, then other labels by name. */
export function orderedTally(
  counts: LabelTally,
  order: readonly string[],
): { label: string; count: number }[] {
  const others = Object.keys(counts)
    .filter(label => !order.includes(label))
    .sort();
  return [...order, ...others]
    .map(label => ({ label, count: counts[label] ?? 0 }))
    .filter(({ count }) => count > 0);
}
