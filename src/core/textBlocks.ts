/** A stretch of text [start, end) that no sentence crosses; `whole` if it is one unit, never split (formula, code, heading). */
export interface TextBlock {
  start: number;
  end: number;
  whole: boolean;
}

const BLANK = /^[ \t\r]*$/;
const HEADING = /^ {0,3}#{1,6}\s/;
const LIST_ITEM = /^\s*(?:[-*+•]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S/;
const FENCE = /^\s*(```|~~~)/;
const DISPLAY = /^\s*(\\\[|\$\$)/;
const THINK_TAG = /<\/?think>/g;
const ENDS_SENTENCE = /[.!?:;。！？]["'”’)\]*]*[ \t\r]*$/;
const GOES_ON = /^\s*\p{Ll}/u;

/**
 * Cuts `text` at blank lines, list items, headings, code fences, displayed formulas and think tags (which belong to no
 * block). A single newline goes on only into a line that begins in lower case, after one that ends no sentence. Linear.
 */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let from = 0;
  for (const tag of text.matchAll(THINK_TAG)) {
    blocksWithin(text, from, tag.index, blocks);
    from = tag.index + tag[0].length;
  }
  blocksWithin(text, from, text.length, blocks);
  return blocks;
}

function blocksWithin(text: string, from: number, to: number, blocks: TextBlock[]): void {
  let open: TextBlock | null = null;
  /** What ends the fence or formula that the current line is in. */
  let closer: string | null = null;
  let previous = '';
  const close = () => {
    if (open) blocks.push(open);
    open = null;
    closer = null;
  };
  for (let start = from; start < to; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 || newline >= to ? to : newline;
    const line = text.slice(start, end);
    if (closer) {
      // A formula that is never closed ends at the blank line; a fence may hold blank lines.
      if (closer[0] !== '`' && closer[0] !== '~' && BLANK.test(line)) close();
      else {
        open!.end = end;
        if (line.includes(closer)) close();
      }
    } else if (BLANK.test(line)) {
      close();
    } else {
      const marker = FENCE.exec(line) ?? DISPLAY.exec(line);
      const whole: boolean = marker !== null || HEADING.test(line);
      const current = open as TextBlock | null;
      const goesOn =
        current && !whole && !LIST_ITEM.test(line) && GOES_ON.test(line) && !ENDS_SENTENCE.test(previous);
      if (goesOn) current.end = end;
      else {
        close();
        open = { start, end, whole };
        if (marker) {
          const wanted = marker[1] === '\\[' ? '\\]' : marker[1];
          if (line.indexOf(wanted, marker[0].length) < 0) closer = wanted;
          else if (wanted !== '```' && wanted !== '~~~') open.whole = lineIsFormula(line, wanted);
        }
        if (whole && !closer) close();
      }
    }
    previous = line;
    start = end + 1;
  }
  close();
}

/** A line that opens with a formula and goes on after it is prose. */
function lineIsFormula(line: string, closer: string): boolean {
  return !/[\p{L}]{2}/u.test(line.slice(line.lastIndexOf(closer) + closer.length));
}
