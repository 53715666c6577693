import type { OffsetRange, RolloutTokens } from './rolloutTokens';

/**
 * The tokens of the response in `within` by their step, neighbours of one step as one range; `stepAt` says it for a
 * token's position. Tokens that share a character (an emoji of several) are drawn as one, by the strongest.
 */
export function shadeRanges(
  tokens: RolloutTokens,
  within: OffsetRange,
  stepAt: (position: number) => number,
): Map<number, OffsetRange[]> {
  const pieces: (OffsetRange & { step: number })[] = [];
  for (const { start, end, position } of tokens.tokensIn(within.start, within.end)) {
    if (position === undefined || end <= start) continue;
    const step = stepAt(position);
    const last = pieces.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      if (Math.abs(step) > Math.abs(last.step)) last.step = step;
    } else pieces.push({ start, end, step });
  }
  const ranges = new Map<number, OffsetRange[]>();
  for (const { start, end, step } of pieces) {
    if (step === 0) continue;
    const list = ranges.get(step) ?? [];
    const last = list.at(-1);
    if (last?.end === start) last.end = end;
    else list.push({ start, end });
    ranges.set(step, list);
  }
  return ranges;
}
