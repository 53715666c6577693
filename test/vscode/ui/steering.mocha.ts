import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { until } from '../suite';
import { filledWith } from './marks';
import { clickOn, picture, placeOf, runCommand, session, setTheme, sharedPage, THEMES } from './session';

/** Texts of the two sides of the diff editor. */
const sides = (page: Page) =>
  page.evaluate(() =>
    ['original', 'modified'].map(side =>
      [...document.querySelectorAll(`.monaco-diff-editor .editor.${side} .view-line`)]
        .map(line => (line.textContent ?? '').replaceAll(' ', ' '))
        .join('\n'),
    ),
  );

const widget = (page: Page) => page.locator('.quick-input-widget');
const shown = async (page: Page) =>
  (await widget(page).isVisible()) ? (await widget(page).evaluate(textInSight)).replace(/\s+/g, ' ') : '';

// biome-ignore lint/performance/useDomNodeTextContent: textContent has the widget's style sheets and what it hides
const textInSight = (element: SVGElement | HTMLElement) => ('innerText' in element ? element.innerText : '');

/** Waits until the quick input shows `text`. */
const question = (page: Page, text: RegExp) =>
  until(
    `a question with ${text}`,
    async () => {
      const now = await shown(page);
      if (!text.test(now)) throw new Error(now);
      return now;
    },
    60_000,
  );

/** Types in the quick input once it shows `text`, and accepts it. */
async function answer(page: Page, text: RegExp, typed?: string): Promise<void> {
  await question(page, text);
  if (typed !== undefined) await type(page, typed);
  await page.keyboard.press('Enter');
}

const type = (page: Page, typed: string) => widget(page).locator('.quick-input-box input').fill(typed);

/** The lines in sight of the editor group that shows a file. */
const linesOf = (page: Page, file: string) =>
  page.evaluate(name => {
    const groups = [...document.querySelectorAll('.editor-group-container')];
    const group = groups.find(each =>
      each.querySelector('.tab.active')?.getAttribute('aria-label')?.includes(name),
    );
    return [...(group?.querySelectorAll('.editor-instance .view-line') ?? [])]
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map(line => (line.textContent ?? '').replaceAll('\u00a0', ' '))
      .join('\n');
  }, file);

const tabs = (page: Page) =>
  page
    .locator('.tab')
    .evaluateAll(found => found.map(tab => tab.getAttribute('aria-label')?.split(',')[0] ?? ''));

/** What the cursor's line and column are, as the status bar says. */
const cursor = async (page: Page) => (await page.locator('#status\\.editor\\.selection').textContent()) ?? '';

/** A notification, in VS Code's list of them: under its test driver it shows none by themselves. */
async function notification(page: Page, text: RegExp): Promise<Locator> {
  const found = page.locator('.notifications-center .notification-list-item', { hasText: text });
  await until(
    `a notification ${text}`,
    async () => {
      if ((await found.count()) === 0) await page.locator('#status\\.notifications').click();
      return found.first().isVisible();
    },
    60_000,
  );
  return found.first();
}

const waits = (text: string) => (text.match(/\b(wait|hmm)\b/gi) ?? []).length;

describe('Steering', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('tea.rollout.txt');
    await setTheme(page, THEMES[0]);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await picture(page, `failed-${this.currentTest.title.slice(0, 30).replace(/\W+/g, '-')}`);
    await page.keyboard.press('Escape');
  });

  const toThink = async () => {
    page = await sharedPage('tea.rollout.txt');
    await clickOn(page, '<think>');
    await page.keyboard.press('End');
  };

  it('streams a steered completion beside the unsteered one, from the cursor', async function () {
    this.timeout(120_000);
    await toThink();
    await runCommand(page, 'Doubletake: Compare Steered with Unsteered from Cursor...');
    await answer(page, /backtracking\.base\.layer1/);
    await answer(page, /Compare Steered/, '4');
    const [unsteered, steered] = await until(
      'both completions',
      async () => {
        const both = await sides(page);
        return both.length === 2 && both.every(text => text.includes('Answer:')) && both;
      },
      60_000,
    );
    assert.notEqual(unsteered, steered);
    assert.ok(waits(steered) > waits(unsteered), `${waits(steered)} steered, ${waits(unsteered)} unsteered`);
    await picture(page, 'steering');
    await runCommand(page, 'View: Close Editor');
  });

  it('previews the strength that is typed, and Escape brings back what was there', async function () {
    this.timeout(120_000);
    await toThink();
    const before = { tabs: await tabs(page), cursor: await cursor(page) };
    await runCommand(page, 'Doubletake: Steer from Cursor or Selection...');
    await question(page, /Steer from Cursor.*tokens · /);
    const preview = 'tea.steered.rollout.txt';
    const first = await until('a preview', async () => {
      const text = await linesOf(page, preview);
      return text.includes('Answer:') && text;
    });
    await type(page, '12');
    const second = await until('another completion', async () => {
      const text = await linesOf(page, preview);
      return /4-grams\. Enter/.test(await shown(page)) && waits(text) > waits(first) && text;
    });
    await picture(page, 'steer-live-strong');
    await type(page, 'much');
    await question(page, /A number, such as 4/);
    await type(page, '4');
    await question(page, /tokens · \d+ wait\/hmm/);
    // One seed for all strengths: the same strength gives the same text again.
    await until('the first preview again', async () => (await linesOf(page, preview)) === first);
    assert.notEqual(second, first);
    await until(
      'green windows in it',
      async () => (await filledWith(page, 'doubletake.windowBackground')).length > 0,
    );
    await picture(page, 'steer-live');
    await page.keyboard.press('Escape');
    await until('the preview gone', async () => (await tabs(page)).join() === before.tabs.join());
    await until('the cursor back', async () => (await cursor(page)) === before.cursor);
  });

  it('keeps a completion on Enter and saves it as a rollout', async function () {
    this.timeout(120_000);
    await toThink();
    await runCommand(page, 'Doubletake: Steer from Cursor or Selection...');
    await question(page, /tokens · /);
    await answer(page, /tokens · /, '3');
    const kept = await notification(page, /Strength 3: \d+ tokens/);
    await picture(page, 'steer-kept');
    await kept.locator('.monaco-button', { hasText: 'Save as Rollout' }).click();
    const name = 'tea.steered-3.rollout.txt';
    await until('the rollout', () => existsSync(join(session.workspace, name)));
    await until('its tab', async () => (await tabs(page)).includes(name));
    const { strength, steeredFrom } = JSON.parse(
      readFileSync(join(session.workspace, 'tea.steered-3.rollout.json'), 'utf8'),
    );
    assert.deepEqual([strength, steeredFrom], [3, 'tea']);
    await runCommand(page, 'View: Close Editor');
  });

  it('sweeps strengths into one table', async function () {
    this.timeout(120_000);
    await toThink();
    await runCommand(page, 'Doubletake: Sweep Strengths at Cursor...');
    await answer(page, /Sweep Strengths \(1\/2\)/, '0..12 by 4');
    await answer(page, /4 completions in one batch/, '1');
    const table = await until(
      'the table',
      async () => {
        const text = await linesOf(page, 'tea sweep.txt');
        return /^ +12 +\d+ .*(ended|limit|full)/m.test(text) && !text.includes('running') && text;
      },
      60_000,
    );
    assert.equal((table.match(/^ +(?:0|4|8|12) +\d+ +\d+ +[\d.]+%/gm) ?? []).length, 4, table);
    await picture(page, 'sweep');
    await runCommand(page, 'View: Close Editor');
  });

  it('asks for a vector step by step, previews its windows, and can go back', async function () {
    this.timeout(120_000);
    page = await sharedPage('samples/clothes-01.rollout.txt');
    const filled = async () =>
      (await filledWith(page, 'doubletake.windowBackground')).map(({ text }) => text).join('|');
    const before = await until('windows', filled);
    await runCommand(page, 'Doubletake: Compute Vector from Rollouts...');
    await answer(page, /Compute Vector \(1\/6\).*base model/);
    await question(page, /\(2\/6\).*backtracking/);
    await picture(page, 'compute-vector-label');
    await type(page, 'uncertainty');
    await question(page, /uncertainty-estimation ?\d+ sentences in \d+ of \d+ rollouts/);
    await page.keyboard.press('Enter');
    await question(page, /\(3\/6\).*\d+ uncertainty-estimation windows in \d+ rollouts/);
    const other = await until('windows of the label', async () => {
      const now = await filled();
      return now !== before && now;
    });
    await type(page, '-4, 2');
    await question(page, /uncertainty-estimation windows in/);
    await until('windows as typed', async () => {
      const now = await filled();
      return now !== other && now !== '' && now;
    });
    await picture(page, 'compute-vector-window');
    await page.keyboard.press('Enter');
    await question(page, /\(4\/6\).*resid_post/);
    await page.locator('.quick-input-widget .codicon-quick-input-back').click();
    await answer(page, /\(3\/6\)/);
    await answer(page, /\(4\/6\)/, '1');
    await answer(page, /\(5\/6\).*labelled windows/);
    await question(page, /\(6\/6\).*uncertainty-estimation\.base\.layer1\.safetensors/);
    await page.keyboard.press('Enter');
    const vectors = join(session.workspace, 'samples', 'vectors');
    await until(
      'the vector',
      () =>
        existsSync(vectors) &&
        readdirSync(vectors).includes('uncertainty-estimation.base.layer1.safetensors'),
      60_000,
    );
    const done = await notification(page, /is the active vector now/);
    assert.match((await done.textContent()) ?? '', /windows of \d+, norm [\d.]+, split-half cosine -?[\d.]+/);
    await picture(page, 'compute-vector-done');
    assert.equal(await until('windows as before', async () => (await filled()) === before && before), before);
    await done.locator('.monaco-button', { hasText: 'Steer' }).click();
    await question(page, /Steer from Cursor: strength × uncertainty-estimation\.base\.layer1 \(layer 1\) \d/);
    // The first Escape may close the list of notifications.
    await until('the rollout again', async () => {
      if (await widget(page).isVisible()) await page.keyboard.press('Escape');
      return (await tabs(page)).at(-1) === 'clothes-01.rollout.txt';
    });
  });

  it('leaves everything as it was when a vector is given up', async function () {
    this.timeout(60_000);
    page = await sharedPage('samples/clothes-01.rollout.txt');
    const filled = async () => (await filledWith(page, 'doubletake.windowBackground')).length;
    const before = await until('windows', filled);
    await runCommand(page, 'Doubletake: Compute Vector from Rollouts...');
    await answer(page, /\(1\/6\)/);
    await answer(page, /\(2\/6\)/, 'deduction');
    await question(page, /\(3\/6\).*deduction windows/);
    await until('windows of the label', async () => (await filled()) !== before);
    await page.keyboard.press('Escape');
    await until('windows as before', async () => (await filled()) === before);
  });

  it('shows the logit lens on hover once the model runs', async function () {
    this.timeout(60_000);
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
    const caption = frame.locator('caption', { hasText: /Projection on .+\.base\.layer\d/ }).first();
    await caption.waitFor({ timeout: 30_000 });
    await caption.scrollIntoViewIfNeeded();
    await picture(page, 'lens-projections');
    await runCommand(page, 'View: Hide Panel');
  });
});
