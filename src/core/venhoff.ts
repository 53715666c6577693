import { isKnownLabel, type Label } from './labels';

/** A labelled stretch of an annotated response, trimmed. */
export interface TaggedPart {
  label: Label;
  text: string;
}

/** The parts in the order of the annotation, and the text that stands under no usable label. */
export interface TaggedText {
  parts: TaggedPart[];
  stray: { text: string; reason: string }[];
}

interface Tag {
  label: Label;
  start: number;
  end: number;
  /** For a matched pair of tags: the index of the other one. */
  partner: number;
}

// ["deduction"], [deduction], [3. deduction], ["3. deduction"], [“end-section”], [/deduction]
const TAG =
  /\[\s{0,3}\\?(["'“”‘’`])?\s{0,3}(?:\d{1,3}\s{0,2}[.):]\s{0,3})?(\/?[\p{L}][\p{L}\p{N}_-]{1,40})\s{0,3}\\?["'“”‘’`]?\s{0,3}\]/gu;
const END = 'end-section';
const HAS_WORD = /[\p{L}\p{N}]/u;

/**
 * Reads Venhoff's annotation, `["deduction"] some text ["end-section"]` (arXiv 2506.18167), as it is found: tags without
 * quotes, with numbers, without an end, nested (the text around a nested part stays with the outer label).
 */
export function parseTagged(annotated: string): TaggedText {
  const tags = findTags(annotated);
  pairTags(tags);
  const result: TaggedText = { parts: [], stray: [] };
  const add = (label: Label | null, text: string, reason: string) => {
    if (!HAS_WORD.test(text)) return;
    if (label === null) result.stray.push({ text: text.trim(), reason });
    else result.parts.push({ label, text: text.trim() });
  };
  add(null, annotated.slice(0, tags[0]?.start ?? annotated.length), 'stands before the first tag');
  /** Labels of the matched sections the position is in, innermost last. */
  const open: Label[] = [];
  tags.forEach((tag, index) => {
    const text = annotated.slice(tag.end, tags[index + 1]?.start ?? annotated.length);
    if (tag.label !== END) {
      // A section without an end reaches to the next tag.
      if (tag.partner >= 0) open.push(tag.label);
      add(tag.label, text, '');
    } else {
      if (tag.partner >= 0) open.pop();
      add(
        open.at(-1) ?? null,
        text,
        index > 0 && tag.partner < 0 ? 'its label is "end-section"' : 'stands between the tags',
      );
    }
  });
  return result;
}

function findTags(annotated: string): Tag[] {
  const found = [...annotated.matchAll(TAG)].map(match => {
    const label = normalLabel(match[2]);
    return {
      label,
      quoted: match[1] !== undefined,
      start: match.index,
      end: match.index + match[0].length,
      partner: -1,
    };
  });
  // "[blank]" and ["x"] in the text itself are no tags: an unknown label must be quoted and stand outside of sections.
  const labels = new Set<Label>();
  let inside = false;
  for (const tag of found) {
    const known = isKnownLabel(tag.label) || tag.label === END;
    if (known || (tag.quoted && !inside)) {
      labels.add(tag.label);
      inside = tag.label !== END;
    }
  }
  return found.filter(
    tag => labels.has(tag.label) && (tag.quoted || isKnownLabel(tag.label) || tag.label === END),
  );
}

function normalLabel(raw: string): Label {
  const label = raw.toLowerCase().replaceAll('_', '-');
  if (label.startsWith('/') || /^end-?(section|$)/.test(label)) return END;
  return label;
}

/** Matches each end with the last section still open; what is left over has no partner. */
function pairTags(tags: Tag[]): void {
  const open: number[] = [];
  tags.forEach((tag, index) => {
    if (tag.label !== END) open.push(index);
    else {
      const begin = open.pop();
      if (begin !== undefined) {
        tag.partner = begin;
        tags[begin].partner = index;
      }
    }
  });
}
