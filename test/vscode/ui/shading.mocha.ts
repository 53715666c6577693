import { strict as assert } from 'node:assert';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { windowTexts } from '../windowTexts';
import { filledWith, outlinedWith } from './marks';
import { closePage, openPage, picture, placeOf, runCommand, session, setTheme, THEMES } from './session';

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
const legendSays = (page: Page, text: RegExp) =>
  until(`the legend ${text}`, async () => text.test((await legend(page).textContent()) ?? ''), 60_000);
const legend = (page: Page) => page.locator('.codelens-decoration a', { hasText: '◧' }).first();

const expectedWindows = windowTexts(
  join(session.root, 'models', 'reasoning'),
  join(session.workspace, 'tea.rollout.txt'),
);

describe('Shading on the screen', () => {
  let page: Page;
  // A window of its own: the vector chosen here would be the steering set of the tests that share a page.
  const folder = `${session.workspace}-shading`;
  before(async function () {
    this.timeout(90_000);
    cpSync(session.workspace, folder, { recursive: true });
    page = await openPage('tea.rollout.txt', session.host, folder);
    await setTheme(page, THEMES[0], folder);
  });
  after(() => closePage(page));

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
    await legendSays(page, /projection ±/);
    for (const theme of THEMES) {
      await setTheme(page, theme, folder);
      await until('shades', async () => (await shades(page, POSITIVE)).some(count => count > 0));
      await picture(page, `shading-projection-${theme.workbench}`);
    }
    await setTheme(page, THEMES[0], folder);
  });

  for (const theme of THEMES) {
    it(`by surprisal leaves windows and starts to be seen in ${theme.id}`, async function () {
      this.timeout(90_000);
      await setTheme(page, theme, folder);
      await shade(page, 'Surprisal');
      await legendSays(page, /surprisal 0–/);
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
    await setTheme(page, THEMES[0], folder);
    await shade(page, 'KL divergence');
    await until('shades', async () => (await shades(page, POSITIVE)).some(count => count > 0), 60_000);
    await legendSays(page, /KL reasoning ‖ base 0–/);
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

  it('is remembered, and waits until a person starts the models', async function () {
    this.timeout(90_000);
    await page.reload();
    await page.locator('.editor-instance .view-line').first().waitFor({ timeout: 60_000 });
    await legendSays(page, /KL reasoning ‖ base: start the model/);
    await runCommand(page, 'Doubletake: Shade Tokens by...');
    // Enter alone takes the choice of last time.
    await widget(page).locator('.monaco-list-row.focused[aria-label^="KL divergence"]').waitFor();
    await page.keyboard.press('Enter');
    await legendSays(page, /KL reasoning ‖ base 0–/);
  });

  it('ends with "Nothing", and fills the windows again', async function () {
    this.timeout(60_000);
    await shade(page, 'Nothing');
    await until('no shade', async () => (await shades(page, POSITIVE)).every(count => count === 0));
    await until('windows', async () => (await filledWith(page, 'doubletake.windowBackground')).length > 0);
    await until('no legend', async () => (await legend(page).count()) === 0);
  });
});
