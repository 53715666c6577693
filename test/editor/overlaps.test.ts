import { expect, it } from 'vitest';
import { crossingSpans } from '../../src/editor/rollout/overlaps';

const span = (label: string, start: number, end: number) => ({ label, start, end });

it.each([
  ['side by side', [span('a', 0, 5), span('b', 5, 9)], []],
  ['nested', [span('a', 0, 9), span('b', 2, 5), span('c', 3, 5)], []],
  ['twice the same', [span('a', 0, 9), span('b', 0, 9)], []],
  ['one that crosses', [span('a', 0, 5), span('b', 4, 9)], ['b×a']],
  ['out of order', [span('b', 4, 9), span('a', 0, 5)], ['b×a']],
  ['inside one, across another', [span('a', 0, 20), span('b', 2, 8), span('c', 6, 12)], ['c×b']],
])('labels %s', (_, spans, crossing) => {
  expect(crossingSpans(spans).map(found => `${found.span.label}×${found.crossed.label}`)).toEqual(crossing);
});
