import { expect, test } from 'vitest';
import { labelOf, labelSentences } from '../../src/core/keywordJudge';

const B = 'backtracking';
const U = 'uncertainty-estimation';
const E = 'example-testing';
const K = 'adding-knowledge';
const I = 'initializing';
const D = 'deduction';

test.each([
  ['Wait, that is wrong.', B],
  ['WAIT!', B],
  ['Waiting costs nothing.', D],
  ['But wait, is it?', B],
  ['Hmm.', B],
  ['Hmmm, no', B],
  ['Actually, x is 3.', B],
  ['Hold on.', B],
  ['Alternatively, use sums.', B],
  ['On second thought, no.', B],
  ['Let me reconsider.', B],
  ['Let me double-check that.', B],
  ["Let's re-read it.", B],
  ['**Wait**, no.', B],
  ["I'm not sure.", U],
  ['I am not entirely sure about this.', U],
  ['So maybe it is 4.', U],
  ['Perhaps not.', U],
  ['It might be 5.', U],
  ["It's unclear.", U],
  ['For example, 2.', E],
  ['Suppose x = 1.', E],
  ["Let's try 3.", E],
  ['Take n = 4.', E],
  ['Consider the case n = 0.', E],
  ['I recall a formula.', K],
  ['Remember that 2 is prime.', K],
  ['The formula for the area is known.', K],
  ['By definition, it holds.', K],
  ['Okay, so I need to find x.', I],
  ['Alright.', I],
  ['The question asks for x.', I],
  ['Let me see.', I],
  ['So x = 3.', D],
  ['Therefore, 4.', D],
  ['The sum is 4.', D],
  ['1. So it goes.', D],
])('%j is %s', (sentence, label) => {
  expect(labelOf(sentence, 9)).toBe(label);
});

test('"First" rephrases the task only at the beginning', () => {
  expect(labelOf('First, read it.', 0)).toBe(I);
  expect(labelOf('First, read it.', 9)).toBe(D);
});

test('only the reasoning is labelled, at its place in the file', () => {
  const response = '<think>\nOkay. Wait, no.\n</think>\nWait, the answer is 4.';
  const file = `12345${response}`;
  expect(labelSentences(response, 5).map(s => [file.slice(s.start, s.end), s.label])).toEqual([
    ['Okay.', I],
    ['Wait, no.', B],
  ]);
  expect(labelSentences('So. Wait.').map(s => s.label)).toEqual([D, B]);
});
