import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { alignParts } from '../../src/core/align';
import { parseTagged } from '../../src/core/venhoff';

const asParts = (texts: string[]) => texts.map(text => ({ label: 'deduction', text }));
const places = (response: string, ...texts: string[]) => {
  const { placed, unplaced } = alignParts(asParts(texts), response);
  return {
    placed: placed.map(p => [p.part.text, p.start, response.slice(p.start, p.end), p.how]),
    unplaced: unplaced.map(u => u.reason),
  };
};

describe('parts are placed', () => {
  test('where the order of the others puts a repeated one', () => {
    const response = 'Wait. The sum is four. Wait. The product is nine. Wait. Done with it.';
    expect(places(response, 'The sum is four.', 'Wait.', 'The product is nine.').placed[1]).toEqual([
      'Wait.',
      23,
      'Wait.',
      'exact',
    ]);
    expect(places(response, 'The product is nine.', 'Wait.').placed[1][1]).toBe(50);
    expect(places(response, 'Wait.', 'Wait.', 'Wait.').placed.map(p => p[1])).toEqual([0, 23, 50]);
  });

  test('by what stands beside, when the order leaves several places', () => {
    const response = 'We start here. Hmm. Something else comes. Hmm. We end there.';
    expect(places(response, 'We start here.', 'Hmm.').placed[1][1]).toBe(15);
    expect(places(response, 'Hmm.', 'We end there.').placed[0][1]).toBe(42);
  });

  test('not at all, when nothing tells which place is meant', () => {
    const response = 'One two three. So four. Hmm. So five. Hmm. So six. Seven eight nine.';
    const { placed, unplaced } = places(response, 'One two three.', 'Hmm.', 'Seven eight nine.');
    expect(placed).toHaveLength(2);
    expect(unplaced).toEqual([expect.stringContaining('several times')]);
  });

  test('out of order only if there is one place, and it is free', () => {
    const response = 'The first sentence stands here. The second one stands here. The third one is last.';
    const swapped = places(
      response,
      'The second one stands here.',
      'The first sentence stands here.',
      'The third one is last.',
    );
    expect(swapped.placed.map(p => p[1])).toEqual([0, 32, 60]);
    const doubled = places(
      response,
      'The first sentence stands here.',
      'The third one is last.',
      'The first sentence stands here.',
    );
    expect(doubled.placed).toHaveLength(2);
    expect(doubled.unplaced).toEqual([expect.stringContaining('already labelled')]);
  });

  test.each([
    ['So\n\n  x = 2.', 'So x = 2.'],
    ['He said “no” — twice.', 'He said "no" - twice.'],
    ['Then \\(x + 1\\) is **big**.', 'Then $x+1$ is big.'],
    ['It is:\n- one\n- two', 'It is: - one - two'],
  ])('although white space and marks differ: %j as %j', (text, part) => {
    const response = `Before it. ${text} After it.`;
    const { placed } = places(response, 'Before it.', part, 'After it.');
    expect(placed[1].slice(1)).toEqual([11, text, 'whitespace']);
  });

  test.each([
    ['Wait, that can not be right at all.', "Wait, that can't be right at all."],
    ['Now we calculate the area of the square.', 'Now calculating the area of the square.'],
    ['So the whole sum of these is 42 again.', 'So the sum of these is 42 again.'],
  ])('although a word differs: %j as %j', (text, part) => {
    const response = `Before it stands this. ${text} After it comes that.`;
    const { placed } = places(response, 'Before it stands this.', part, 'After it comes that.');
    expect(placed[1].slice(1)).toEqual([23, text, 'fuzzy']);
  });

  test('not in the middle of words, and not where nothing is alike', () => {
    expect(places('It is Iowa.', 'I').placed).toEqual([]);
    const { placed, unplaced } = places('All of this is about cats.', 'Dogs bark loudly at night.');
    expect(placed).toEqual([]);
    expect(unplaced[0]).toMatch(/alike/);
    expect(places('', 'Something.').unplaced).toHaveLength(1);
  });
});

// --- damage -------------------------------------------------------------------------------------------------

const SUBJECTS =
  'the first number|our old train|a red triangle|the second farmer|this long chain|every blue marble|the inner circle'.split(
    '|',
  );
const VERBS = 'divides|leaves behind|covers|outweighs|follows|cancels|doubles|never reaches'.split('|');
const OBJECTS =
  'the remainder|seven apples|its own shadow|a prime factor|the station clock|half of the area|the missing term'.split(
    '|',
  );
const ENDS =
  'in the end|by a factor of 12|before noon|without any rest|as we saw above|for x = 3.5|on both sides'.split(
    '|',
  );
const SHORT = ['Wait.', 'Hmm.', 'So, yes.', "I'm not sure.", 'Let me check.'];
const LABELS = ['deduction', 'backtracking', 'initializing', 'uncertainty-estimation'];

interface Truth {
  text: string;
  start: number;
  end: number;
}

function writeResponse(random: () => number): { response: string; truth: Truth[] } {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)];
  let response = '<think>\n';
  const truth: Truth[] = [];
  for (let i = 0; i < 40; i++) {
    const long = `${pick(['So', 'Then', 'Now', 'Here', 'Since'])} ${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)} ${pick(ENDS)}.`;
    const text = random() < 0.15 ? pick(SHORT) : long;
    truth.push({ text, start: response.length, end: response.length + text.length });
    response += text + (random() < 0.3 ? '\n\n' : ' ');
  }
  return { response: `${response}\n</think>\n\nThe answer is **4**.`, truth };
}

/** One word replaced, white space or marks changed; short sentences only lose white space. */
function damageText(text: string, random: () => number): string {
  const words = text.split(' ');
  const kind = random();
  if (kind < 0.04 && words.length > 6) {
    words[1 + Math.floor(random() * (words.length - 2))] = 'something';
    return words.join(' ');
  }
  if (kind < 0.08) return words.join('\n');
  if (kind < 0.12) return text.replaceAll("'", '’').replace(/ =/, '=');
  return text;
}

/** An annotation of the sentences with all that goes wrong in the field, and the pieces that it labels. */
function annotate(truth: Truth[], random: () => number): { annotated: string; pieces: Truth[] } {
  const order = [...truth];
  for (let i = 1; i < order.length; i++) {
    if (random() < 0.01) [order[i - 1], order[i]] = [order[i], order[i - 1]];
  }
  const label = () => LABELS[Math.floor(random() * LABELS.length)];
  const open = () => {
    const kind = random();
    if (kind < 0.05) return `[${label()}]`;
    return kind < 0.1 ? `[${1 + Math.floor(random() * 6)}. ${label()}]` : `["${label()}"]`;
  };
  const pieces: Truth[] = [];
  let annotated = '';
  for (const sentence of order) {
    const { text, start, end } = sentence;
    const kind = random();
    // Forgotten by the labeller.
    if (kind < 0.02) continue;
    const middle = text.indexOf(' ', text.length / 2);
    if (kind < 0.04 && middle > 20) {
      annotated += `${open()} ${text.slice(0, middle)} ${open()}${text.slice(middle)}["end-section"] ["end-section"]\n`;
      pieces.push({ text: text.slice(0, middle), start, end: start + middle });
      pieces.push({ text: text.slice(middle + 1), start: start + middle + 1, end });
      continue;
    }
    pieces.push(sentence);
    annotated += `${open()} ${damageText(text, random)} ${random() < 0.03 ? '' : '["end-section"]'}\n`;
    // The labeller repeats itself: this part exists once and must not take another's place.
    if (random() < 0.01) annotated += `["deduction"] ${text} ["end-section"]\n`;
  }
  return { annotated, pieces };
}

test('damaged annotations: at least 99 % placed, at most 0.5 % wrong', () => {
  const state = xoroshiro128plus(20250712);
  const random = () => uniformFloat64(state);
  let existing = 0;
  let right = 0;
  let wrong = 0;
  const begin = performance.now();
  for (let i = 0; i < 100; i++) {
    const { response, truth } = writeResponse(random);
    const { annotated, pieces } = annotate(truth, random);
    const { parts } = parseTagged(annotated);
    existing += pieces.length;
    const starts = new Map(pieces.map(t => [t.start, t]));
    for (const { part, start, end } of alignParts(parts, response).placed) {
      const there = starts.get(start);
      // The sentence it stands on must be the one it was made from: all its words but one.
      const own = new Set(there?.text.split(/\s+/));
      const strange = part.text
        .replaceAll('’', "'")
        .split(/\s+/)
        .filter(word => !own.has(word) && !/^x=?$/.test(word));
      if (there && Math.abs(end - there.end) <= 1 && strange.length <= 1) right++;
      else wrong++;
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  expect(right / existing).toBeGreaterThanOrEqual(0.99);
  expect(wrong / existing).toBeLessThanOrEqual(0.005);
  // 100 rollouts; one second on a quiet core, with room for a busy one.
  expect(seconds).toBeLessThan(5);
});

test('a loop of a thousand equal sentences is aligned in reasonable time', () => {
  const text = 'Wait, let me check that again.';
  const begin = performance.now();
  const { placed } = alignParts(asParts(new Array(400).fill(text)), `${text} `.repeat(400));
  expect(placed.map(p => p.start)).toEqual(Array.from({ length: 400 }, (_, i) => i * 31));
  expect(performance.now() - begin).toBeLessThan(5000);
});
