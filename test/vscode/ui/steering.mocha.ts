import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { clickOn, picture, placeOf, runCommand, setTheme, sharedPage, THEMES } from './session';

/** Texts of the two sides of the diff editor. */
const sides = (page: Page) =>
  page.evaluate(() =>
    ['original', 'modified'].map(side =>
      [...document.querySelectorAll(`.monaco-diff-editor .editor.${side} .view-line`)]
        .map(line => (line.textContent ?? '').replaceAll(' ', ' '))
        .join('\n'),
    ),
  );

/** Accepts what the quick input shows once it shows `text`. */
async function answer(page: Page, text: RegExp, typed?: string): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  await until(`a question with ${text}`, async () => text.test((await widget.textContent()) ?? ''), 60_000);
  if (typed !== undefined) await widget.locator('.quick-input-box input').fill(typed);
  await page.keyboard.press('Enter');
}

describe('Steering', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('tea.rollout.txt');
    await setTheme(page, THEMES[0]);
  });

  it('streams a steered completion beside the unsteered one, from the cursor', async function () {
    this.timeout(120_000);
    await clickOn(page, '<think>');
    await page.keyboard.press('End');
    await runCommand(page, 'Doubletake: Compare Steered with Unsteered from Cursor...');
    await answer(page, /backtracking\.base\.layer1/);
    await answer(page, /Steering strength|strength/i, '4');
    const [unsteered, steered] = await until(
      'both completions',
      async () => {
        const both = await sides(page);
        return both.length === 2 && both.every(text => text.includes('Answer:')) && both;
      },
      60_000,
    );
    assert.notEqual(unsteered, steered);
    const waits = (text: string) => (text.match(/\b(wait|hmm)\b/gi) ?? []).length;
    assert.ok(waits(steered) > waits(unsteered), `${waits(steered)} steered, ${waits(unsteered)} unsteered`);
    await picture(page, 'steering');
  });

  it('shows the logit lens on hover once the model runs', async function () {
    this.timeout(60_000);
    await runCommand(page, 'View: Close Editor');
    page = await sharedPage('tea.rollout.txt');
    const { x, y } = await placeOf(page, 'Wait');
    await page.mouse.move(x - 30, y);
    await page.mouse.move(x, y);
    await until('the lens', async () =>
      /surprisal/.test((await page.locator('.monaco-hover').allTextContents()).join(' ')),
    );
    const drawing = page.locator('.monaco-hover img[alt^="Projection by layer"]').first();
    await until('the picture', () => drawing.evaluate(image => (image as HTMLImageElement).naturalWidth > 0));
    await new Promise(resolve => setTimeout(resolve, 300));
    await picture(page, 'logit-lens');
  });

  it('shows in the lens’s view how each layer projects on the vector that steered', async function () {
    this.timeout(60_000);
    await clickOn(page, 'Wait');
    await runCommand(page, 'Doubletake: Show Logit Lens of Token');
    const frame = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    const caption = frame.locator('caption', { hasText: 'Projection on backtracking.base.layer1' }).first();
    await caption.waitFor({ timeout: 30_000 });
    await caption.scrollIntoViewIfNeeded();
    await picture(page, 'lens-projections');
    await runCommand(page, 'View: Hide Panel');
  });
});
