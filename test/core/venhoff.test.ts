import { expect, test } from 'vitest';
import { parseTagged } from '../../src/core/venhoff';

const parts = (annotated: string) => parseTagged(annotated).parts.map(p => [p.label, p.text]);
const stray = (annotated: string) => parseTagged(annotated).stray.map(s => s.text);

test.each<[string, string, string[][], string[]]>([
  [
    'clean',
    '["deduction"] A b. ["end-section"]\n["backtracking"]Wait.["end-section"]',
    [
      ['deduction', 'A b.'],
      ['backtracking', 'Wait.'],
    ],
    [],
  ],
  [
    'without quotes',
    '[deduction] A [end-section] [initializing]B[end-section]',
    [
      ['deduction', 'A'],
      ['initializing', 'B'],
    ],
    [],
  ],
  [
    'numbered',
    '[3. deduction] A [end-section]["1. adding-knowledge"] B ["end-section"]',
    [
      ['deduction', 'A'],
      ['adding-knowledge', 'B'],
    ],
    [],
  ],
  [
    'other spellings',
    '["Adding_Knowledge"]A["end_section"][ “deduction” ]B["/deduction"]',
    [
      ['adding-knowledge', 'A'],
      ['deduction', 'B'],
    ],
    [],
  ],
  [
    'missing end',
    '["deduction"] A ["backtracking"] B ["end-section"]',
    [
      ['deduction', 'A'],
      ['backtracking', 'B'],
    ],
    [],
  ],
  ['missing last end', '["deduction"] A', [['deduction', 'A']], []],
  [
    'nested',
    '["deduction"] A ["backtracking"] B ["end-section"] C ["end-section"]',
    [
      ['deduction', 'A'],
      ['backtracking', 'B'],
      ['deduction', 'C'],
    ],
    [],
  ],
  [
    'stray text',
    'X ["deduction"] A ["end-section"] Y ["deduction"] B ["end-section"] Z',
    [
      ['deduction', 'A'],
      ['deduction', 'B'],
    ],
    ['X', 'Y', 'Z'],
  ],
  [
    'end as a label',
    '["deduction"]A["end-section"]["end-section"]B["end-section"]',
    [['deduction', 'A']],
    ['B'],
  ],
  [
    'marks between',
    '["deduction"] A ["end-section"] — \n ["deduction"] ... ["end-section"]',
    [['deduction', 'A']],
    [],
  ],
  [
    'brackets in the text',
    '["deduction"] a [blank] or ["x"] or [0, 1] ["end-section"]',
    [['deduction', 'a [blank] or ["x"] or [0, 1]']],
    [],
  ],
  [
    "a label of one's own",
    '["planning"] A ["end-section"] ["deduction"] B ["planning"] C ["end-section"]',
    [
      ['planning', 'A'],
      ['deduction', 'B'],
      ['planning', 'C'],
    ],
    [],
  ],
  ['no tags', 'just text', [], ['just text']],
  ['nothing', '', [], []],
])('%s', (_, annotated, expected, left) => {
  expect(parts(annotated)).toEqual(expected);
  expect(stray(annotated)).toEqual(left);
});
