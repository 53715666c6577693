/** A label at the right end of a line, in data units of y. */
export interface EndLabel {
  text: string;
  /** Where the line ends. */
  y: number;
  /** Where the label stands so that it overlaps no other. */
  labelY: number;
  colour: string;
  bold: boolean;
}

/**
 * Moves labels apart until they stand at least `gap` pixels from one another and inside the frame, each as near to its
 * line's end as that allows. `scale` = pixels of one unit of y; `low` and `high` bound y.
 */
export function spreadLabels(
  labels: readonly Omit<EndLabel, 'labelY'>[],
  { low, high, height, gap = 13 }: { low: number; high: number; height: number; gap?: number },
): EndLabel[] {
  if (labels.length === 0) return [];
  const unit = (high - low) / height;
  const step = Math.min(gap * unit, (high - low) / labels.length);
  const sorted = labels.map(label => ({ ...label, labelY: label.y })).sort((a, b) => a.y - b.y);
  // Blocks of touching labels, each centred on the mean of its lines' ends, merge until none overlaps the next.
  let blocks = sorted.map(label => ({ labels: [label], centre: label.y }));
  for (let moved = true; moved; ) {
    moved = false;
    const merged: typeof blocks = [];
    for (const block of blocks) {
      const half = ((block.labels.length - 1) * step) / 2;
      block.centre = Math.min(high - half, Math.max(low + half, block.centre));
      const before = merged.at(-1);
      const reach = before ? (before.labels.length * step) / 2 + (block.labels.length * step) / 2 : 0;
      if (before && block.centre - before.centre < reach - 1e-12) {
        before.labels.push(...block.labels);
        before.centre = before.labels.reduce((sum, { y }) => sum + y, 0) / before.labels.length;
        moved = true;
      } else merged.push(block);
    }
    blocks = merged;
  }
  for (const block of blocks)
    for (const [i, label] of block.labels.entries())
      label.labelY = block.centre + (i - (block.labels.length - 1) / 2) * step;
  return sorted;
}
