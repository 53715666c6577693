import { BACKTRACKING_WORDS } from '../core/keywordRate';

/** A stretch of text; `counted` where it is a word that b counts. */
export interface MarkedPart {
  text: string;
  counted: boolean;
}

// As words() of keywordRate finds them: no letter, digit, mark or inner apostrophe on either side.
const COUNTED = new RegExp(
  `(?<![\\p{L}\\p{N}\\p{M}]|[\\p{L}\\p{N}\\p{M}]['’])(?:${[...BACKTRACKING_WORDS].join('|')})(?!['’]?[\\p{L}\\p{N}\\p{M}])`,
  'giu',
);

/** A text cut into the words that b of Eq. 1 counts and what lies between. */
export function markedWords(text: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let end = 0;
  for (const match of text.matchAll(COUNTED)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), counted: false });
    parts.push({ text: match[0], counted: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), counted: false });
  return parts;
}
