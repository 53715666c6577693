import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { windowTexts } from '../windowTexts';
import { filledWith, type Mark, outlinedWith } from './marks';
import { changeSettings, picture, placeOf, session, setTheme, sharedPage, THEMES } from './session';

const WINDOW = 'doubletake.windowBackground';
const START = 'doubletake.backtrackingBorder';
const FILE = 'tea.rollout.txt';

const expectedWindows = (offset?: number, length?: number) =>
  windowTexts(join(session.root, 'models', 'reasoning'), join(session.workspace, FILE), offset, length);
// A window over a line break is drawn in pieces, none of them over the break.
const joined = (found: Mark[]) =>
  found
    .map(({ text }) => text)
    .join('')
    .replaceAll(/\s/g, '');
const windowsAre = (page: Page, windows: string[]) =>
  until(`windows over ${JSON.stringify(windows)}`, async () => {
    const found = joined(await filledWith(page, WINDOW));
    if (found !== windows.join('').replaceAll(/\s/g, '')) throw new Error(`they are over "${found}"`);
    return true;
  });

// The samples are made anew with every training, so none is known by name.
function sampleWithBacktracking(): string {
  const folder = join(session.workspace, 'samples');
  const isOne = (name: string) => readFileSync(join(folder, name), 'utf8').includes('\tbacktracking ');
  return readdirSync(folder)
    .find(name => name.endsWith('.ann') && isOne(name))!
    .replace(/\.ann$/, '.txt');
}

describe('A rollout on the screen', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage(FILE);
  });

  for (const theme of THEMES) {
    it(`has green windows and red starts in ${theme.id}`, async () => {
      await setTheme(page, theme);
      await windowsAre(page, expectedWindows());
      const windows = await filledWith(page, WINDOW);
      const starts = await outlinedWith(page, START);
      for (const {
        background: [red, green, blue, alpha],
      } of windows)
        assert(
          green > red && green > blue && alpha > 0 && alpha < 1,
          `${[red, green, blue, alpha]} is no see-through green`,
        );
      for (const {
        border: [red, green, blue],
      } of starts)
        assert(red > green && red > blue, `${[red, green, blue]} is no red`);
      assert.deepEqual(
        starts.map(({ text }) => text.trim()),
        ['Wait', 'Hold'],
      );
      await picture(page, `rollout-${theme.workbench}`);
    });
  }

  it('draws other windows as soon as the setting changes', async () => {
    await setTheme(page, THEMES[0]);
    changeSettings({ 'doubletake.window.offset': -5, 'doubletake.window.length': 3 });
    await windowsAre(page, expectedWindows(-5, 3));
    changeSettings({ 'doubletake.window.offset': undefined, 'doubletake.window.length': undefined });
    await windowsAre(page, expectedWindows());
  });

  it('says on hover what a mark means', async () => {
    const { x, y } = await placeOf(page, 'Wait, maybe');
    await page.mouse.move(x - 40, y);
    await page.mouse.move(x, y);
    const hover = page.locator('.monaco-hover .hover-row');
    await hover.first().waitFor();
    assert.match((await hover.allTextContents()).join('\n'), /backtracking/i);
    await picture(page, 'hover');
    await page.keyboard.press('Escape');
  });

  it('has one item in the status bar, with a tooltip', async () => {
    const item = page.locator('.statusbar-item[id^="doubletake.doubletake"]');
    await item.first().waitFor();
    assert.equal(await item.count(), 1);
    assert.notEqual(((await item.textContent()) ?? '').trim(), '');
    await item.hover();
    await page.locator('.monaco-hover:visible').last().waitFor();
    await picture(page, 'status-bar');
  });

  it('shows the model’s own rollouts as well', async () => {
    await sharedPage(join('samples', sampleWithBacktracking()));
    await until('a window in the sample', async () => (await filledWith(page, WINDOW)).length > 0);
    await picture(page, 'sample');
  });
});
