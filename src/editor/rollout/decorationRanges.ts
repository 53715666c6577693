import type { LabelledSpan } from '../../core/annotation';
import { isKnownLabel } from '../../core/labels';
import { backtrackings } from './backtrackings';
import type { OffsetRange, RolloutTokens } from './rolloutTokens';

/** Offset and length of the windows, in tokens, and the label before whose sentences they are, by default backtracking. */
export interface WindowSetting {
  offset: number;
  length: number;
  label?: string;
}

/** The window and the start of each sentence with the setting's label in `within`, those that stand in the file. */
export function backtrackingRanges(
  spans: readonly LabelledSpan[],
  tokens: RolloutTokens,
  { offset, length, label }: WindowSetting,
  within: OffsetRange,
): { windows: OffsetRange[]; starts: OffsetRange[] } {
  const windows: OffsetRange[] = [];
  const starts: OffsetRange[] = [];
  const near = spans.filter(({ start }) => start >= within.start && start < within.end);
  for (const { start } of backtrackings(near, label)) {
    const window = tokens.window(start, offset, length);
    if (window) windows.push(window);
    const word = tokens.firstWord(start);
    if (word) starts.push(word);
  }
  return { windows, starts };
}

/** Where no tokens are known: the first word of each backtracking sentence that starts in `within`. */
export function wordStarts(text: string, spans: readonly LabelledSpan[], within: OffsetRange): OffsetRange[] {
  const near = spans.filter(({ start }) => start >= within.start && start < within.end);
  return backtrackings(near).map(({ start, end }) => {
    const word =
      /^\S*?[\p{L}\p{N}]+|^\S+/u.exec(text.slice(start, Math.min(end, start + 40)))?.[0].length ?? 1;
    return { start, end: start + word };
  });
}

/** The spans of each label in `within`; labels that are not the paper's under ''. */
export function labelRanges(spans: readonly LabelledSpan[], within: OffsetRange): Map<string, OffsetRange[]> {
  const ranges = new Map<string, OffsetRange[]>();
  for (const { start, end, label } of spans) {
    if (end <= within.start || start >= within.end) continue;
    const key = isKnownLabel(label) ? label : '';
    const list = ranges.get(key);
    if (list) list.push({ start, end });
    else ranges.set(key, [{ start, end }]);
  }
  return ranges;
}

/** Every token in `within` by its first character: the line between two tokens is drawn before it. */
export function tokenStarts(tokens: RolloutTokens, within: OffsetRange): OffsetRange[] {
  const starts: OffsetRange[] = [];
  for (const { start } of tokens.tokensIn(within.start, within.end))
    if (start >= within.start && starts.at(-1)?.start !== start) starts.push({ start, end: start + 1 });
  return starts;
}
