import { strict as assert } from 'node:assert';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { until } from '../suite';
import { clickOn, pageErrors, picture, placeOf, runCommand, setTheme, sharedPage, THEMES } from './session';

const FILE = 'tea.rollout.txt';

describe('The Logit Lens view', () => {
  let page: Page;
  let frame: FrameLocator;
  const grid = () => frame.locator('table[role="grid"]');
  const selected = () => frame.locator('td[aria-selected="true"]');
  const place = async (cell: Locator) => ({
    layer: Number(await cell.getAttribute('data-layer')),
    position: Number(await cell.getAttribute('data-position')),
  });
  const selectionIs = (layer: number, position: number) =>
    until(`cell ${layer}, ${position}`, async () => {
      assert.deepEqual(await place(selected()), { layer, position });
      return true;
    });
  const cursor = async () =>
    (await page.locator('.statusbar-item[id="status.editor.selection"]').textContent()) ?? '';

  before(async function () {
    this.timeout(90_000);
    page = await sharedPage(FILE);
    await setTheme(page, THEMES[0]);
    frame = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  });
  after(async () => {
    await setTheme(page, THEMES[0]);
    await runCommand(page, 'View: Hide Panel');
  });

  it('says what to do while no model runs, and opens one by its button', async function () {
    this.timeout(60_000);
    await clickOn(page, 'Wait');
    await runCommand(page, 'Doubletake: Show Logit Lens of Token');
    const open = frame.locator('vscode-button', { hasText: 'Open the Reasoning Model' });
    await open.waitFor();
    await picture(page, 'lens-empty');
    await open.click();
    await grid().waitFor({ timeout: 30_000 });
    assert.equal(await grid().getAttribute('aria-rowcount'), '7');
    assert.match((await selected().getAttribute('aria-label')) ?? '', /^layer 5, position \d+: .+%/);
    const header = frame.locator('th.here.token .text');
    await until('the token of the cursor', async () => /Wait/.test((await header.textContent()) ?? ''));
  });

  it('moves over layers and positions by arrow keys, and tells the numbers of the cell', async () => {
    await selected().click();
    const start = await place(selected());
    for (const [key, layer, position] of [
      ['ArrowDown', start.layer - 1, start.position],
      ['ArrowLeft', start.layer - 1, start.position - 1],
      ['ArrowUp', start.layer, start.position - 1],
      ['ArrowRight', start.layer, start.position],
    ] as const) {
      await page.keyboard.press(key);
      await selectionIs(layer, position);
      assert(await selected().evaluate(cell => cell === document.activeElement));
    }
    const detail = (await frame.locator('.detail').textContent()) ?? '';
    assert.match(detail, new RegExp(`position ${start.position}`));
    assert.match(detail, /surprisal \d+\.\d bits/);
    assert.match(detail, /Next token at layer 5/);
  });

  it('goes to the token in the editor by Enter, and stays at it', async () => {
    await page.keyboard.press('ArrowRight');
    const { layer, position } = await place(selected());
    const text = (await frame.locator('th.here.token .text').textContent())!.replace('␣', '');
    await page.keyboard.press('Enter');
    await until('a selection in the editor', async () => /selected/.test(await cursor()));
    assert.match(
      await cursor(),
      new RegExp(`\\(${text.length + 1} selected\\)|\\(${text.length} selected\\)`),
    );
    await selectionIs(layer, position);
  });

  it('follows the cursor until it is pinned', async () => {
    const at = async () => (await place(selected())).position;
    const before = await at();
    await clickOn(page, 'cold tea there');
    await until('another position', async () => (await at()) !== before);
    const pinned = await at();
    await frame.locator('vscode-checkbox', { hasText: 'Pin' }).click();
    // Nobody is as quick as to click elsewhere before the host knows of it.
    await new Promise(resolve => setTimeout(resolve, 500));
    await clickOn(page, 'kiosk');
    await new Promise(resolve => setTimeout(resolve, 600));
    assert.equal(await at(), pinned);
    await frame.locator('vscode-checkbox', { hasText: 'Pin' }).click();
    await clickOn(page, 'question asks');
    await until('the cursor again', async () => (await at()) !== pinned);
  });

  it('turns to earlier and later tokens', async () => {
    await clickOn(page, 'kiosk');
    const first = () => frame.locator('th[data-column]').first().getAttribute('data-column').then(Number);
    await until('a stretch far from the start', async () => (await first()) > 24);
    const before = await first();
    await frame.locator('vscode-button', { hasText: 'Earlier' }).click();
    await until('the stretch before', async () => (await first()) === before - 24);
    await frame.locator('vscode-button', { hasText: 'Later' }).click();
    await until('the stretch again', async () => (await first()) === before);
    await frame.locator(`td[data-layer="2"][data-position="${before}"]`).click();
    await page.keyboard.press('ArrowLeft');
    await selectionIs(2, before - 1);
  });

  it('shows both models, and the same again after it was hidden', async function () {
    this.timeout(60_000);
    await frame.locator('vscode-dropdown').click();
    await frame.locator('vscode-option', { hasText: 'Both models' }).click();
    const open = frame.locator('vscode-button', { hasText: 'Open the Base Model' });
    await open.click();
    await frame.locator('.which').first().waitFor({ timeout: 30_000 });
    await frame.locator('td[data-layer="3"]').nth(4).click();
    const label = await selected().getAttribute('aria-label');
    assert.match(label ?? '', /reasoning .+%.*; base .+%/);
    await runCommand(page, 'View: Hide Panel');
    await until('no view', async () => (await page.locator('iframe.webview.ready').count()) === 0);
    await runCommand(page, 'View: Toggle Panel Visibility');
    await until('the same cell', async () => (await selected().getAttribute('aria-label')) === label);
  });

  for (const theme of THEMES) {
    it(`is readable in ${theme.id}`, async () => {
      await setTheme(page, theme);
      await until('the theme in the page', async () =>
        frame.locator('body').evaluate(
          (body, dark) => {
            const [r] = (getComputedStyle(body).color.match(/[\d.]+/g) ?? []).map(Number);
            return dark ? r > 128 : r <= 128;
          },
          /^Dark|Contrast$/.test(theme.id),
        ),
      );
      const worst = await lowestContrast(frame);
      assert(worst >= 4.5, `contrast ${worst}`);
      await picture(page, `lens-${theme.workbench}`);
    });
  }

  it('shows in the hover what a label and what the lens says, once each', async () => {
    await setTheme(page, THEMES[0]);
    const { x, y } = await placeOf(page, 'Wait');
    await page.mouse.move(x - 30, y);
    await page.mouse.move(x + 4, y);
    const hover = page.locator('.monaco-hover .hover-row');
    const text = await until('the lens', async () => {
      const all = (await hover.allTextContents()).join('\n');
      return /surprisal/.test(all) && all;
    });
    assert.equal(text.match(/· id \d+/g)?.length, 1);
    assert.match(text, /backtracking[\s\S]*Token “/);
    assert.match(text, /reasoning model[\s\S]*base model/);
    // It fades in.
    await new Promise(resolve => setTimeout(resolve, 300));
    await picture(page, 'lens-hover');
    await page.keyboard.press('Escape');
  });

  it('breaks no content security policy', () =>
    assert.deepEqual(
      pageErrors.filter(error => /Content Security Policy|securitypolicyviolation/i.test(error)),
      [],
    ));
});

/** The lowest contrast of a cell's text against what lies under it, by WCAG 2. */
function lowestContrast(frame: FrameLocator): Promise<number> {
  return frame.locator('body').evaluate(body => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const panel = getComputedStyle(document.querySelector('.head')!).backgroundColor;
    const paint = (...colors: string[]) => {
      for (const color of colors) {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
      }
      return canvas.getImageData(0, 0, 1, 1).data;
    };
    const luminance = ([r, g, b]: Uint8ClampedArray) => {
      const [x, y, z] = [r, g, b].map(value => {
        const c = value / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    return Math.min(
      ...[...body.querySelectorAll('.guess')].map(cell => {
        const { color, backgroundColor } = getComputedStyle(cell);
        const under = luminance(paint('black', panel, backgroundColor));
        const text = luminance(paint(color));
        return (Math.max(under, text) + 0.05) / (Math.min(under, text) + 0.05);
      }),
    );
  });
}
