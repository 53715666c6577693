import { type TextBlock, textBlocks } from './textBlocks';

const ABBREVIATIONS =
  /\b(?:e\.g|i\.e|etc|vs|cf|viz|approx|resp|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Fig|Figs|Eq|Eqs|Sec|Ch|al|[aApP]\.[mM]|U\.S|U\.K)\.(?=\s+\S)/g;
/** "No. 5", "Step 1. Do": the period belongs to a number's name. */
const NUMBERED =
  /\b(?:Step|Case|Part|Rule|Option|Example|Chapter)\s\d+\.(?=\s)|\b(?:Nos?|Vol|pp?)\.(?=\s\d)/g;
const LIST_NUMBER = /^\s*\(?(?:\d{1,3}|[a-zA-Z])[.)](?=\s)/;
// Bounded, so that an opening mark that is never closed costs a constant.
const INLINE = [
  /\\\([^\n]{1,400}?\\\)/g,
  /\\\[[^\n]{1,400}?\\\]/g,
  /\$\$[^$\n]{1,400}\$\$/g,
  // Pandoc's rule keeps prices out: no space inside the dollars, no digit after them.
  /\$(?=\S)[^$\n]{1,200}(?<=\S)\$(?!\d)/g,
  /`[^`\n]{1,200}`/g,
];
/** Characters; what goes on longer without an end is cut at a space. The longest sentence of 100 real rollouts has 500. */
const LONGEST_SENTENCE = 4000;
const HAS_WORD = /[\p{L}\p{N}]/u;
const CLOSES_QUOTE = /[!?…]["'”’)\]]+\s*$/u;
const GOES_ON = /^\p{Ll}/u;

/**
 * The sentences of a text as UTF-16 [start, end) without outer white space, in order: Intl.Segmenter inside blocks, with
 * formulas, abbreviations, decimals and list numbers kept whole. Stretches without a letter or digit are none. Linear time.
 */
export function splitSentences(text: string): { start: number; end: number }[] {
  return textBlocks(text).flatMap(block => sentencesOfBlock(text, block));
}

/** The sentences of one block of `textBlocks(text)`: what `splitSentences` gives there. */
export function sentencesOfBlock(text: string, block: TextBlock): { start: number; end: number }[] {
  const sentences: { start: number; end: number }[] = [];
  const push = (start: number, end: number) => {
    const piece = text.slice(start, end);
    if (!HAS_WORD.test(piece)) return;
    const trimmedStart = start + piece.length - piece.trimStart().length;
    sentences.push({ start: trimmedStart, end: end - (piece.length - piece.trimEnd().length) });
  };
  if (block.whole) {
    push(block.start, block.end);
    return sentences;
  }
  const masked = mask(text.slice(block.start, block.end));
  let from = 0;
  for (const end of boundaries(masked)) {
    const segment = masked.slice(Math.max(from, end - 40), end);
    // "why?" and … : a quoted question ends no sentence that goes on in lower case.
    const goesOn =
      end < masked.length && CLOSES_QUOTE.test(segment) && GOES_ON.test(masked.slice(end, end + 2));
    if (goesOn) continue;
    push(block.start + from, block.start + end);
    from = end;
  }
  push(block.start + from, block.end);
  return sentences;
}

/** Made at first use: it takes milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** Ends of the segmenter's sentences, asked in bounded pieces: it looks ahead without limit over digits and marks. */
function* boundaries(text: string): Generator<number> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  for (let from = 0; from < text.length; ) {
    const piece = text.slice(from, from + LONGEST_SENTENCE);
    const ends = Array.from(segmenter.segment(piece), ({ index, segment }) => from + index + segment.length);
    // The last one may be only the cut of the piece.
    if (from + piece.length < text.length) ends.pop();
    if (ends.length === 0) ends.push(from + (piece.lastIndexOf(' ') + 1 || piece.length));
    yield* ends;
    from = ends[ends.length - 1];
  }
}

/** The same length of text, with everything harmless that the segmenter would stumble over. */
function mask(text: string): string {
  let masked = text.replace(/[\r\n]/g, ' ');
  for (const pattern of INLINE) masked = masked.replace(pattern, m => 'x'.repeat(m.length));
  masked = masked.replace(LIST_NUMBER, m => m.replace(/[.)]/g, 'x'));
  return masked.replace(ABBREVIATIONS, periods).replace(NUMBERED, periods);
}

function periods(match: string): string {
  return match.replaceAll('.', 'x');
}
