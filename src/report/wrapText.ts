// Escape sequences, other controls and bidirectional overrides: a rollout must not move the cursor or reverse the line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text that a terminal shows and never obeys: tabs become spaces, controls �. */
export function terminalSafe(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\t', '  ').replace(UNSAFE, '\ufffd');
}

/** Columns that a text takes on a terminal: two for emoji and East Asian characters, one for each other grapheme. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** Pads on the right (or left) to `width` columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return side === 'right' ? text + space : space + text;
}

/** Lines of at most `width` columns, broken at spaces, inside a word only where it is longer than a line. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap(paragraph => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/ +/)) {
      const joined = line === '' ? word : `${line} ${word}`;
      if (columnsOf(joined) <= width) line = joined;
      else {
        if (line !== '') lines.push(line);
        const pieces = cut(word, width);
        lines.push(...pieces.slice(0, -1));
        line = pieces.at(-1) ?? '';
      }
    }
    return [...lines, line];
  });
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [''];
  for (const { segment } of graphemes.segment(word)) {
    if (columnsOf(pieces[pieces.length - 1] + segment) > width) pieces.push('');
    pieces[pieces.length - 1] += segment;
  }
  return pieces;
}
