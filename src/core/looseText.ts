/** A text without what labellers change when they copy: white space, case, kinds of quotes and dashes, Markdown and LaTeX marks. */
export interface LooseText {
  text: string;
  /** UTF-16 offset in the original of each unit of `text`; one more for its end. */
  from: Int32Array;
}

const SAME: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '’': "'",
  '`': "'",
  '´': "'",
  '–': '-',
  '—': '-',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '…': '...',
};
const DROPPED = /[\s*×·⋅_#$>•\u200b\ufeff]/;
// \( \) \[ \] and a Markdown backslash before punctuation.
const DROPPED_AFTER_BACKSLASH = /[()[\]$!,;:{}_#%&*\-.]/;

/** The loose form of a text, with the way back. Linear time. */
export function looseText(original: string): LooseText {
  const parts: string[] = [];
  const from = new Int32Array(3 * original.length + 1);
  let length = 0;
  for (let i = 0; i < original.length; i++) {
    const unit = original[i];
    if (DROPPED.test(unit)) continue;
    if (unit === '\\' && i + 1 < original.length && DROPPED_AFTER_BACKSLASH.test(original[i + 1])) {
      i++;
      continue;
    }
    const lower = unit.toLowerCase();
    // Letters whose lower case is longer keep their own, so that one unit stays one unit.
    const same = SAME[unit] ?? (lower.length === 1 ? lower : unit);
    parts.push(same);
    for (let k = 0; k < same.length; k++) from[length++] = i;
  }
  from[length] = original.length;
  return { text: parts.join(''), from: from.slice(0, length + 1) };
}
