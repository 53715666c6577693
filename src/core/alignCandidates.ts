import { type LooseText, looseText } from './looseText';

/** How a part was found: letter for letter, but for white space and marks (`looseText`), or word by word. */
export type PlacementKind = 'exact' | 'whitespace' | 'fuzzy';

/** A place where part `part` may stand, UTF-16 [start, end). */
export interface Candidate {
  part: number;
  start: number;
  end: number;
  how: PlacementKind;
}

const WORD_UNIT = /[\p{L}\p{N}]/u;
/** Marks right before a match, none of which ends what stands before; marks right after it, none of which opens what follows. */
const MARKS_BEFORE = /[^\p{L}\p{N}\s.,;:!?)\]}”’]{1,4}\s?$/u;
const MARKS_AFTER = /^\s?(?:\\[)\]]|\$\$?)[.,;:!?]?|^[^\p{L}\p{N}\s([{“‘]{1,6}/u;

/** Every place at which each part's text stands: exact ones if there are any, otherwise loose ones. */
export function findCandidates(parts: readonly string[], response: string): Candidate[][] {
  const known = new Map<string, Omit<Candidate, 'part'>[]>();
  let loose: LooseText | undefined;
  return parts.map((text, part) => {
    let places = known.get(text);
    if (!places) {
      places = exactPlaces(text, response);
      if (places.length === 0) places = loosePlaces(text, response, (loose ??= looseText(response)));
      known.set(text, places);
    }
    return places.map(place => ({ part, ...place }));
  });
}

/** Widens a match over the marks (quotes, formula delimiters, full stop) that the part has at its ends and the matching ignores. */
export function widen(place: { start: number; end: number }, text: string, response: string) {
  let { start, end } = place;
  if (!WORD_UNIT.test(text[0]) && response[start] !== text[0]) {
    start -= MARKS_BEFORE.exec(response.slice(Math.max(0, start - 5), start))?.[0].length ?? 0;
  }
  const last = text[text.length - 1];
  if (!WORD_UNIT.test(last) && response[end - 1] !== last) {
    end += MARKS_AFTER.exec(response.slice(end, end + 7))?.[0].length ?? 0;
  }
  return { start, end };
}

function exactPlaces(text: string, response: string): Omit<Candidate, 'part'>[] {
  const all: Omit<Candidate, 'part'>[] = [];
  for (let i = response.indexOf(text); i >= 0; i = response.indexOf(text, i + text.length)) {
    all.push({ start: i, end: i + text.length, how: 'exact' });
  }
  // "I" is not the I of "It"; but a part that was cut in a word has only such places.
  const whole = all.filter(place => onWordEdges(place, response));
  return whole.length > 0 ? whole : all.filter(place => onWordEdges({ ...place, end: 0 }, response));
}

function loosePlaces(text: string, response: string, loose: LooseText): Omit<Candidate, 'part'>[] {
  const wanted = looseText(text).text;
  const found: Omit<Candidate, 'part'>[] = [];
  if (!WORD_UNIT.test(wanted)) return found;
  for (let i = loose.text.indexOf(wanted); i >= 0; i = loose.text.indexOf(wanted, i + wanted.length)) {
    const core = { start: loose.from[i], end: loose.from[i + wanted.length - 1] + 1 };
    if (onWordEdges(core, response)) found.push({ ...widen(core, text, response), how: 'whitespace' });
  }
  return found;
}

/** No word of the response is cut at the start (and, unless `end` is 0, at the end). */
function onWordEdges({ start, end }: { start: number; end: number }, response: string): boolean {
  const cuts = (at: number) =>
    at > 0 && WORD_UNIT.test(response[at - 1]) && WORD_UNIT.test(response[at] ?? '');
  return !cuts(start) && !cuts(end);
}
