/** The text with all its line ends as `eol`. */
export const withLineEnds = (text: string, eol: '\n' | '\r\n') => text.replace(/\r?\n/g, eol);

/** Whether two texts are the same but for their line ends: the editor gives every document those of one kind. */
export function sameLines(one: string, other: string): boolean {
  if (one === other) return true;
  if (!one.includes('\r') && !other.includes('\r')) return false;
  return withLineEnds(one, '\n') === withLineEnds(other, '\n');
}
