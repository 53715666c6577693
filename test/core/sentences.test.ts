import { describe, expect, test } from 'vitest';
import { splitSentences } from '../../src/core/sentences';

const split = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  test.each<[string, string, string[]]>([
    ['plain', 'So x = 2. Wait, no! Is it?  Yes.', ['So x = 2.', 'Wait, no!', 'Is it?', 'Yes.']],
    ['decimals', 'It is 3.14 or 2.5. Fine.', ['It is 3.14 or 2.5.', 'Fine.']],
    [
      'abbreviations',
      'Take e.g. Paris. Dr. Smith, i.e. Bob, left.',
      ['Take e.g. Paris.', 'Dr. Smith, i.e. Bob, left.'],
    ],
    ['numbers by name', 'See No. 5. Then stop. No. Yes.', ['See No. 5.', 'Then stop.', 'No.', 'Yes.']],
    ['blank lines', 'One\n\nTwo\n \nThree', ['One', 'Two', 'Three']],
    ['wrapped lines', 'This goes\non here. And\nOn.', ['This goes\non here.', 'And', 'On.']],
    [
      'a list',
      'Steps:\n1. First. Do it\n2. Second\n- third',
      ['Steps:', '1. First.', 'Do it', '2. Second', '- third'],
    ],
    ['headings', '### Step 1. Count\nWe count.', ['### Step 1. Count', 'We count.']],
    ['display', 'So:\n\\[\nx = 1. Y\n= 2.\n\\]\nDone.', ['So:', '\\[\nx = 1. Y\n= 2.\n\\]', 'Done.']],
    [
      'dollars',
      'So\n$$a. B$$\nThen $x. Y$ is. Pay $5. Then $6.',
      ['So', '$$a. B$$', 'Then $x. Y$ is.', 'Pay $5.', 'Then $6.'],
    ],
    [
      'inline formulas',
      'Here \\(f. G\\) holds. And `a. B` too.',
      ['Here \\(f. G\\) holds.', 'And `a. B` too.'],
    ],
    ['code', 'Run:\n```py\na. B\n\nc\n```\nOk.', ['Run:', '```py\na. B\n\nc\n```', 'Ok.']],
    ['an open fence', 'Run:\n```\na. B\n\nc', ['Run:', '```\na. B\n\nc']],
    ['an open formula', '\\[ x = 1\n\nThen. Stop.', ['\\[ x = 1', 'Then.', 'Stop.']],
    ['think tags', '<think>\nSo. No.</think>\n\nYes.', ['So.', 'No.', 'Yes.']],
    [
      'a quoted question',
      'He said "why?" and left. "No." Yes.',
      ['He said "why?" and left.', '"No."', 'Yes.'],
    ],
    ['an ellipsis', 'Wait... maybe not. Hmm… so be it.', ['Wait... maybe not.', 'Hmm… so be it.']],
    ['nothing but marks', '---\n\n**\n\n...', []],
    ['no text', '', []],
    ['emoji', '🙂 So 🙂. Yes.', ['🙂 So 🙂.', 'Yes.']],
  ])('%s', (_, text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  test('are trimmed, in order, and together hold every letter', () => {
    const text =
      'A b. C d\ne f\n\n 1) g? "H" i! <think> j\n\\[ k. \n l \\] m\n``` n\n o```\n# p\n\tq.'.repeat(3);
    const spans = splitSentences(text);
    let end = 0;
    let letters = '';
    for (const span of spans) {
      expect(span.start).toBeGreaterThanOrEqual(end);
      const sentence = text.slice(span.start, span.end);
      expect(sentence.trim()).toBe(sentence);
      letters += sentence.replace(/[^a-z0-9]/gi, '');
      end = span.end;
    }
    expect(letters).toBe(text.replaceAll('<think>', '').replace(/[^a-z0-9]/gi, ''));
  });

  test.each(['\\[ \n', '$', '`', '\\(', 'a. ', '```\n', '1. ', '"? ', '<think>', '\n\n', 'e.g. '])(
    'take linear time over 100,000 characters of %j',
    piece => {
      const time = (n: number) => {
        const text = piece.repeat(n / piece.length);
        const begin = performance.now();
        splitSentences(text);
        return performance.now() - begin;
      };
      // Quadratic time would need minutes.
      expect(time(100_000)).toBeLessThan(4000);
    },
  );
});
