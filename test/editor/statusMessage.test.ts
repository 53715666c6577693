import { describe, expect, it } from 'vitest';
import { fitsStatusBar, withoutIcons } from '../../src/editor/rollout/statusMessage';

describe('messages in the status bar', () => {
  it.each([
    ['$(trash).rollout.txt is no rollout', '\\$(trash).rollout.txt is no rollout'],
    ['$(sync~spin)', '\\$(sync~spin)'],
    ['costs $(a b) and $5', 'costs $(a b) and $5'],
  ])('%s has no icon', (message, shown) => expect(withoutIcons(message)).toBe(shown));

  it.each([
    ['This sentence has no label yet: label it, then apply it to others', true],
    ['Open a rollout first (*.rollout.txt), or show the open file as one: Show as Rollout', false],
  ])('%s: %s', (message, fits) => expect(fitsStatusBar(message)).toBe(fits));
});
