import type { Label } from './labels';

/** Sentences of one rollout whose activations can be summed together: same label, same offsets inside the text. */
export interface PlannedGroup {
  label: Label;
  half: 0 | 1;
  /** Offsets from…to (inclusive) around each first token that lie in the text and in the harvested range. */
  from: number;
  to: number;
  /** Token index of each sentence's first token. */
  firsts: number[];
}

/**
 * Groups the sentences of a rollout of `tokenCount` tokens by label and valid offset range within [lo, hi]; the engine sums
 * h[first + o] per group. Sentences without a first token (-1) or without any offset in the text have no window: left out.
 */
export function planHarvest(
  sentences: readonly { first: number; label: Label }[],
  tokenCount: number,
  half: 0 | 1,
  [lo, hi]: readonly [number, number],
): PlannedGroup[] {
  const groups = new Map<string, PlannedGroup>();
  for (const { first, label } of sentences) {
    if (first < 0 || first >= tokenCount) continue;
    const from = Math.max(lo, -first);
    const to = Math.min(hi, tokenCount - 1 - first);
    if (from > to) continue;
    const key = `${from} ${to} ${label}`;
    const group = groups.get(key);
    if (group) group.firsts.push(first);
    else groups.set(key, { label, half, from, to, firsts: [first] });
  }
  return [...groups.values()];
}
