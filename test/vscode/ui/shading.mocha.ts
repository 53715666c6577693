import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { windowTexts } from '../windowTexts';
import { filledWith, outlinedWith } from './marks';
import { picture, placeOf, runCommand, session, setTheme, sharedPage, THEMES } from './session';

const POSITIVE = [1, 2, 3, 4].map(step => `doubletake.shading.positive${step}`);
const NEGATIVE = [1, 2, 3, 4].map(step => `doubletake.shading.negative${step}`);
const widget = (page: Page) => page.locator('.quick-input-widget');

/** Chooses in the quick pick that is open: the row that begins with `text`. */
async function choose(page: Page, text: string): Promise<void> {
  await widget(page).locator(`.monaco-list-row[aria-label^="${text}"]`).first().waitFor({ timeout: 60_000 });
  await widget(page).locator('.quick-input-box input').fill(text);
  await page.keyboard.press('Enter');
}

async function shade(page: Page, by: string): Promise<void> {
  await runCommand(page, 'Doubletake: Shade Tokens by...');
  await choose(page, by);
}

/** Number of marks of each step. */
const shades = async (page: Page, ids: string[]) => {
  const counts: number[] = [];
  for (const id of ids) counts.push((await filledWith(page, id)).length);
  return counts;
};
const legend = (page: Page) => page.locator('.codelens-decoration a', { hasText: '◧' }).first();

const expectedWindows = windowTexts(
  join(session.root, 'models', 'reasoning'),
  join(session.workspace, 'tea.rollout.txt'),
);

describe('Shading on the screen', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('tea.rollout.txt');
    await setTheme(page, THEMES[0]);
  });
  after(async function () {
    this.timeout(60_000);
    await setTheme(page, THEMES[0]);
    await shade(page, 'Nothing');
    await until('no shade', async () => (await shades(page, POSITIVE)).every(count => count === 0));
    assert.notEqual((await filledWith(page, 'doubletake.windowBackground')).length, 0);
  });

  it('by projection has two colours, the strongest with a line', async function () {
    this.timeout(90_000);
    await shade(page, 'Projection');
    await choose(page, 'backtracking.base.layer1');
    await until(
      'shades above and below the mean',
      async () => {
        const [above, below] = [await shades(page, POSITIVE), await shades(page, NEGATIVE)];
        return [...above, ...below].filter(count => count > 0).length >= 6;
      },
      60_000,
    );
    await until('the legend', async () => /projection ±/.test((await legend(page).textContent()) ?? ''));
    for (const theme of THEMES) {
      await setTheme(page, theme);
      await until('shades', async () => (await shades(page, POSITIVE)).some(count => count > 0));
      await picture(page, `shading-projection-${theme.workbench}`);
    }
    await setTheme(page, THEMES[0]);
  });

  for (const theme of THEMES) {
    it(`by surprisal leaves windows and starts to be seen in ${theme.id}`, async function () {
      this.timeout(90_000);
      await setTheme(page, theme);
      await shade(page, 'Surprisal');
      await until('shades', async () => (await shades(page, POSITIVE))[3] > 0, 60_000);
      assert.deepEqual(await shades(page, NEGATIVE), [0, 0, 0, 0]);
      assert.equal((await filledWith(page, 'doubletake.windowBackground')).length, 0);
      const windows = await outlinedWith(page, 'doubletake.overviewRuler.window');
      const inOne = windows.map(({ text }) => text).join('');
      assert.equal(inOne, expectedWindows.join(''));
      const starts = await outlinedWith(page, 'doubletake.backtrackingBorder');
      assert.deepEqual(
        starts.map(({ text }) => text.trim()),
        ['Wait', 'Hold'],
      );
      await picture(page, `shading-surprisal-${theme.workbench}`);
    });
  }

  it('by KL divergence tells each value on hover and its scale in legend and status bar', async function () {
    this.timeout(90_000);
    await setTheme(page, THEMES[0]);
    await shade(page, 'KL divergence');
    await until('shades', async () => (await shades(page, POSITIVE)).some(count => count > 0), 60_000);
    await until('the legend', async () =>
      /KL reasoning ‖ base 0–/.test((await legend(page).textContent()) ?? ''),
    );
    const { x, y } = await placeOf(page, 'Wait, maybe');
    await page.mouse.move(x - 40, y);
    await page.mouse.move(x, y);
    await until('its value', async () =>
      /KL reasoning ‖ base [\d.]+ bits/.test(
        (await page.locator('.monaco-hover').allTextContents()).join(' '),
      ),
    );
    await picture(page, 'shading-divergence-hover');
    await page.keyboard.press('Escape');
    await page.locator('.statusbar-item[id^="doubletake.doubletake"]').first().hover();
    await until('the tooltip', async () =>
      /KL reasoning ‖ base 0–/.test(
        (await page.locator('.monaco-hover:visible').allTextContents()).join(' '),
      ),
    );
    // It fades in.
    await page.waitForTimeout(500);
    await picture(page, 'shading-status');
  });
});
