import type { LabelledSpan } from '../../core/annotation';
import { backtrackings } from './backtrackings';
import type { WindowSetting } from './decorationRanges';
import { escapeMarkdown, visibleToken } from './markdown';
import type { OffsetRange, PlacedToken, RolloutTokens } from './rolloutTokens';

/** The lines of a hover, as Markdown with the rollout's text escaped, and the range they speak of. */
export interface HoverText {
  lines: string[];
  range: OffsetRange;
}

/** What is said of one token beside its labels: its value in the shading that is shown. */
export interface HoverLine {
  line: string;
  range: OffsetRange;
}

/** Characters; windows further away from their sentence are not looked for, so that a hover tokenizes little. */
const WINDOW_REACH = 3000;

/** What is shown at a place of the file: its labels, the windows it stands in, its shade. Null where nothing is. */
export function hoverTextAt(
  offset: number,
  text: string,
  spans: readonly LabelledSpan[],
  tokens: RolloutTokens | undefined,
  window: WindowSetting,
  shade?: HoverLine,
): HoverText | null {
  const lines: string[] = [];
  let range: OffsetRange | undefined;
  for (const span of spans) {
    if (offset < span.start || offset >= span.end) continue;
    const first = tokens?.tokenAt(span.start);
    const place = first?.position === undefined ? '' : ` · first token at ${first.position}`;
    lines.push(`**${escapeMarkdown(span.label)}**${place}`);
    if (!range || span.end - span.start < range.end - range.start) range = span;
  }
  if (tokens) {
    const near = spans.filter(({ start }) => Math.abs(start - offset) < WINDOW_REACH);
    for (const { start, end } of backtrackings(near)) {
      const shown = tokens.window(start, window.offset, window.length);
      if (!shown || offset < shown.start || offset >= shown.end) continue;
      const [from, to] = tokens.windowTokens(start, window.offset, window.length)!;
      const opening = escapeMarkdown(visibleOpening(text, start, end));
      lines.push(`**Window** of ${tokenSpan(from, to)}: ${setting(window)} before “${opening}”`);
      range ??= shown;
    }
  }
  if (shade) {
    lines.push(escapeMarkdown(shade.line));
    range ??= shade.range;
  }
  return range ? { lines, range } : null;
}

/** The setting in words: "offset −12, length 5". */
export function setting({ offset, length }: WindowSetting): string {
  return `offset ${signed(offset)}, length ${length}`;
}

/** The setting where there is little room, as it is typed: "−12, 5". */
export function shortSetting({ offset, length }: WindowSetting): string {
  return `${signed(offset)}, ${length}`;
}

const signed = (offset: number) => (offset < 0 ? `−${-offset}` : String(offset));

/** A token in one line of Markdown: its text as it stands, its id, its place among all tokens. */
export function tokenLine({ id, position }: PlacedToken, tokens: RolloutTokens): string {
  const shown = escapeMarkdown(visibleToken(tokens.tokenizer.tokenText(id)));
  const at = position === undefined ? 'position not counted yet' : `position ${position}`;
  return `Token “${shown}” · id ${id} · ${at}`;
}

function tokenSpan(from: PlacedToken, to: PlacedToken): string {
  return from.position === undefined || to.position === undefined
    ? 'tokens'
    : `tokens ${from.position}–${to.position}`;
}

function visibleOpening(text: string, start: number, end: number): string {
  const opening = text.slice(start, Math.min(end, start + 60));
  return opening.length < end - start ? `${opening}…` : opening;
}
