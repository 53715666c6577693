import { expect, test } from 'vitest';
import { spreadLabels } from '../../webview/charts/endLabels';

const label = (y: number) => ({ text: String(y), y, colour: 'red', bold: false });
const frame = { low: 0, high: 1, height: 260, gap: 13 };

test.each([
  ['far apart', [0.1, 0.5, 0.9]],
  ['all at one place', [0.5, 0.5, 0.5, 0.5]],
  ['at the bottom', [0, 0, 0.001]],
  ['at the top', [1, 0.999]],
  ['a chain that pushes on', [0.4, 0.41, 0.45, 0.5, 0.52]],
])('labels %s do not overlap and stay in the frame', (_, ys) => {
  const placed = spreadLabels(ys.map(label), frame);
  for (const [i, { labelY }] of placed.entries()) {
    expect(labelY).toBeGreaterThanOrEqual(-1e-9);
    expect(labelY).toBeLessThanOrEqual(1 + 1e-9);
    if (i > 0) expect(labelY - placed[i - 1].labelY).toBeGreaterThanOrEqual(13 / 260 - 1e-9);
  }
});

test('labels with room stand at the end of their line', () => {
  expect(spreadLabels([label(0.2), label(0.8)], frame).map(({ labelY }) => labelY)).toEqual([0.2, 0.8]);
});

test('more labels than fit share the frame', () => {
  const placed = spreadLabels(
    Array.from({ length: 50 }, () => label(0.5)),
    frame,
  );
  expect(new Set(placed.map(({ labelY }) => labelY.toFixed(6))).size).toBe(50);
});
