/** UTF-16 units compared at once: a slice costs nothing and is compared as memory, a hundred times faster than unit by unit. */
const BLOCK = 2048;

/** Where two texts differ: [start, end) of the first became [start, newEnd) of the second. Null if they are equal. */
export function textDifference(
  before: string,
  after: string,
): { start: number; end: number; newEnd: number } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start + BLOCK <= shorter && before.slice(start, start + BLOCK) === after.slice(start, start + BLOCK))
    start += BLOCK;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  const most = shorter - start;
  const fromEnd = (text: string, units: number) =>
    text.slice(text.length - units - BLOCK, text.length - units);
  let tail = 0;
  while (tail + BLOCK <= most && fromEnd(before, tail) === fromEnd(after, tail)) tail += BLOCK;
  while (
    tail < most &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return { start, end: before.length - tail, newEnd: after.length - tail };
}
