import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LABELS } from '../../src/core/labels';
import { parseRollout } from '../../src/core/rollout';
import { labelCounts } from '../../src/editor/rollout/backtrackings';
import { hoverTextAt, tokenLine } from '../../src/editor/rollout/hoverText';
import { escapeMarkdown, visibleToken } from '../../src/editor/rollout/markdown';
import { foldingOf, outlineOf, partsOf } from '../../src/editor/rollout/outline';
import { RolloutTokenizer } from '../../src/editor/rollout/rolloutTokenizer';
import { RolloutTokens } from '../../src/editor/rollout/rolloutTokens';

const TEXT =
  '<prompt>\nWhere?\n</prompt>\n<think>\nOne line.\nWait, two.\n\n\nNext paragraph.\n</think>\nAnswer.\n';
const rollout = parseRollout(TEXT);
const wait = { start: TEXT.indexOf('Wait'), end: TEXT.indexOf('two.') + 4, label: 'backtracking' };

describe('outline and folding', () => {
  it('show prompt, reasoning with its labelled sentences, answer', () => {
    const outline = outlineOf(TEXT, rollout, [wait]);
    expect(outline.map(({ name, detail }) => [name, detail])).toEqual([
      ['Prompt', 'Where?'],
      ['Reasoning', '1 labels'],
      ['Answer', 'Answer.'],
    ]);
    expect(outline[1].children).toMatchObject([{ name: 'Wait, two.', detail: 'backtracking' }]);
    for (const { start, end, children } of outline)
      for (const child of children) expect(child.start >= start && child.end <= end).toBe(true);
  });

  it.each([
    ['no prompt, no tags', 'Only this.', ['reasoning']],
    ['cut off', '<think>\nWait', ['reasoning']],
    ['template opened the reasoning', 'So.\n</think>\nYes.', ['reasoning', 'answer']],
    ['empty', '', ['reasoning']],
  ])('%s', (_, text, kinds) => {
    expect(partsOf(text, parseRollout(text)).map(({ kind }) => kind)).toEqual(kinds);
    expect(() => outlineOf(text, parseRollout(text), [])).not.toThrow();
  });

  it('fold the parts and each paragraph of several lines', () => {
    const folded = foldingOf(TEXT, rollout).map(
      ({ start, end }) => TEXT.slice(start, end).trim().split('\n')[0],
    );
    expect(folded).toContain('One line.');
    expect(folded).not.toContain('Next paragraph.');
    expect(folded).toHaveLength(4);
  });

  it('a file of 5 MB in one line takes a moment', () => {
    const long = 'word '.repeat(1_000_000);
    const started = performance.now();
    foldingOf(long, parseRollout(long));
    outlineOf(long, parseRollout(long), []);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('hover', () => {
  const tokens = new RolloutTokens(RolloutTokenizer.open(join(__dirname, '../../models/reasoning')));
  tokens.update(rollout);

  it('tells label and first token; the token has a line of its own in the lens’s hover', () => {
    tokens.encodeUntil(Number.POSITIVE_INFINITY);
    const hover = hoverTextAt(wait.start + 1, TEXT, [wait], tokens, { offset: -12, length: 5 })!;
    expect(hover.range).toBe(wait);
    expect(hover.lines[0]).toMatch(/^\*\*backtracking\*\* · first token at \d+$/);
    expect(hover.lines).toHaveLength(1);
    expect(tokenLine(tokens.tokenAt(wait.start)!, tokens)).toMatch(/^Token “.+” · id \d+ · position \d+$/);
  });

  it('tells a window and what it stands before', () => {
    const { start } = tokens.window(wait.start, -4, 3)!;
    const hover = hoverTextAt(start, TEXT, [wait], tokens, { offset: -4, length: 3 })!;
    expect(hover.lines[0]).toMatch(
      /^\*\*Window\*\* of tokens \d+–\d+: offset −4, length 3 before “Wait, two\\\.”$/,
    );
    expect(hoverTextAt(TEXT.length - 2, TEXT, [wait], tokens, { offset: -4, length: 3 })).toBeNull();
    expect(hoverTextAt(wait.start, TEXT, [wait], undefined, { offset: -4, length: 3 })!.lines).toHaveLength(
      1,
    );
  });

  it.each([
    ['[x](command:evil)', '\\[x\\]\\(command\\:evil\\)'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['$(zap) **b** `c`', '\\$\\(zap\\) \\*\\*b\\*\\* \\`c\\`'],
    ['a\n\n# b', 'a \\# b'],
  ])('%j is shown as it stands', (text, expected) => expect(escapeMarkdown(text)).toBe(expected));

  it('makes white space and control characters of a token visible', () => {
    expect(visibleToken(' a\n\t\u0007')).toBe('␣a⏎⇥�');
  });
});

it('counts labels in the order of the paper, others after them', () => {
  const spans = ['zeta', 'backtracking', 'deduction', 'deduction'].map((label, start) => ({
    start,
    end: start + 1,
    label,
  }));
  expect(labelCounts(spans, LABELS)).toEqual([
    { label: 'deduction', count: 2 },
    { label: 'backtracking', count: 1 },
    { label: 'zeta', count: 1 },
  ]);
});
