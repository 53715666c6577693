import type { LabelledSpan } from '../../core/annotation';
import { backtrackings } from './backtrackings';

/** Where steering is offered above a line: the offset of a sentence, UTF-16, and how the offer reads. */
export interface SteerPlace {
  start: number;
  title: string;
}

/** Offers in a file: more than a person scrolls past, few enough for the editor. */
const MOST = 200;
/** Offers above one line: more would not stand beside one another on a screen. */
const MOST_PER_LINE = 3;
/** Characters of a sentence that tell it from the others of its line. */
const OPENING = 24;

/**
 * The starts of backtracking sentences, the first of each line. If a line (a whole rollout may be one) has several, up to
 * three of them, each with its opening words.
 */
export function steerPlaces(
  text: string,
  spans: readonly LabelledSpan[],
  lineOf: (offset: number) => number,
): SteerPlace[] {
  const byLine = new Map<number, LabelledSpan[]>();
  for (const span of backtrackings(spans)) {
    const line = lineOf(span.start);
    const others = byLine.get(line);
    if (!others) {
      if (byLine.size === MOST) break;
      byLine.set(line, [span]);
    } else if (others.length < MOST_PER_LINE && others.at(-1)!.start < span.start) others.push(span);
  }
  const places = [...byLine.values()].flatMap(spans =>
    spans.map(({ start, end }) => ({
      start,
      title: isWholeLine(text, start)
        ? '▶ Steer from here'
        : `▶ Steer from here: “${opening(text, start, end)}”`,
    })),
  );
  return places.slice(0, MOST);
}

/** Whether nothing stands before the sentence in its line, so that its place needs no words. */
function isWholeLine(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
}

/** The first words of a sentence as text of a button: no icon, no control character, nothing that turns the writing around. */
function opening(text: string, start: number, end: number): string {
  const flat = text
    .slice(start, Math.min(end, start + 4 * OPENING))
    .replace(/\s+/g, ' ')
    .replace(/\p{C}/gu, '')
    .trim();
  const characters = Array.from(flat);
  const cut = characters.length > OPENING;
  // One more, so that a word that ends right there is kept.
  const words = cut
    ? characters
        .slice(0, OPENING + 1)
        .join('')
        .replace(/\s+\S*$/, '')
    : flat;
  return `${words.replaceAll('$(', '\\$(')}${cut ? ' …' : ''}`;
}
