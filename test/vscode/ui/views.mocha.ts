import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { closePage, closePalette, openPage, picture, session, setTheme, sharedPage, THEMES } from './session';
import { labelsOf, openSideBar, rows, tree } from './sideBar';

/** Runs what stands above a tree as an icon. */
async function titleAction(page: Page, title: string, action: string): Promise<void> {
  const header = tree(page, title).locator('.pane-header');
  await header.hover();
  await header.locator(`.action-label[aria-label^="${action}"]`).click();
}

describe('The side bar', () => {
  let page: Page;
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(page, `failed ${this.currentTest.title}`);
  });
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('tea.rollout.txt');
    await openSideBar(page);
  });
  after(async () => {
    await closePalette(page);
    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
  });

  for (const theme of THEMES) {
    it(`shows rollouts, vectors and the steering set in ${theme.id}`, async () => {
      await setTheme(page, theme);
      const rollouts = tree(page, 'Rollouts');
      const [first] = await until('rows with counts', async () => {
        const labels = await labelsOf(rollouts);
        return labels.some(label => /backtracking/.test(label)) && labels;
      });
      assert.match(first, /^category .+, \d+ rollouts? · \d+ backtrackings?/);
      await until('the vector', async () =>
        (await labelsOf(tree(page, 'Vectors'))).some(label =>
          /vector .+, backtracking, layer 1, from base/.test(label),
        ),
      );
      await picture(page, `side-bar-${theme.workbench}`);
    });
  }

  it('opens the rollout that is clicked', async () => {
    await setTheme(page, THEMES[0]);
    await rows(tree(page, 'Rollouts'))
      .filter({ hasText: /^books-05/ })
      .first()
      .click();
    await page.locator('.tab.active[aria-label^="books-05.rollout.txt"]').waitFor();
  });

  it('narrows as one types, and restores on Escape', async () => {
    const rollouts = tree(page, 'Rollouts');
    const before = await labelsOf(rollouts);
    await titleAction(page, 'Rollouts', 'Filter Rollouts...');
    const input = page.locator('.quick-input-widget .quick-input-box input');
    await input.fill('books');
    await until('only books', async () => {
      const found = (await labelsOf(rollouts)).filter(label => !label.startsWith('category'));
      return found.length > 0 && found.every(label => label.startsWith('books'));
    });
    assert.match(
      (await page.locator('.quick-input-title').textContent()) ?? '',
      /^Filter Rollouts: \d of \d+ rollouts$/,
    );
    await picture(page, 'filter');
    await page.keyboard.press('Escape');
    await until('all again', async () => (await labelsOf(rollouts)).length === before.length);
    await titleAction(page, 'Rollouts', 'Filter Rollouts...');
    await input.fill('books');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Has backtracking' }).click();
    await page.keyboard.press('Enter');
    await until('what is filtered in the title', async () =>
      /“books”, has backtracking: \d of \d+/.test(
        (await rollouts.locator('.pane-header').textContent()) ?? '',
      ),
    );
    await picture(page, 'filtered');
    await titleAction(page, 'Rollouts', 'Clear Filter of Rollouts');
    await until('all again', async () => (await labelsOf(rollouts)).length === before.length);
  });

  it('takes a vector into the steering set by the mouse', async () => {
    const steering = tree(page, 'Steering Set');
    await rows(tree(page, 'Vectors')).first().dragTo(rows(steering).first());
    await until('the entry', async () =>
      /weight 1 · layer 1, active vector/.test((await labelsOf(steering)).join()),
    );
    await until('the mark in the other tree', async () =>
      (await labelsOf(tree(page, 'Vectors'))).some(label => label.startsWith('active vector')),
    );
    await picture(page, 'steering-set');
  });

  it('takes a part in steering or none by its checkbox, and a weight by typing', async () => {
    const steering = tree(page, 'Steering Set');
    const box = steering.locator(
      '.monaco-list-row .monaco-checkbox, .monaco-list-row .custom-view-tree-node-item-checkbox',
    );
    await box.first().click();
    await until('no active vector', async () => !/active/.test((await labelsOf(steering)).join()));
    await box.first().click();
    await until('the active vector', async () => /active/.test((await labelsOf(steering)).join()));
    await rows(steering).first().click();
    await rows(steering).first().hover();
    await steering.locator('.monaco-list-row .action-label[aria-label^="Set Weight"]').click();
    const input = page.locator('.quick-input-widget .quick-input-box input');
    await input.fill('much');
    await page.locator('.quick-input-message', { hasText: 'A number' }).waitFor();
    await input.fill('-1.5');
    await page.keyboard.press('Enter');
    await until('the weight', async () => /weight -1\.5/.test((await labelsOf(steering)).join()));
    await rows(steering).first().hover();
    await steering.locator('.monaco-list-row .action-label[aria-label^="Remove from Steering Set"]').click();
    await until('an empty set', async () => /is empty/.test((await labelsOf(steering)).join()));
  });

  it('tells the whole provenance of a vector on hover', async () => {
    await rows(tree(page, 'Vectors')).first().hover();
    const hover = page.locator('.monaco-hover:visible').last();
    await hover.waitFor();
    const text = (await hover.textContent()) ?? '';
    for (const word of ['split-half cosine', 'windows', 'hash', 'norm', 'written'])
      assert(text.includes(word), `${word} is not in ${text}`);
    await picture(page, 'vector-hover');
    await page.mouse.move(700, 300);
  });
});

describe('A folder without rollouts', () => {
  let page: Page;
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(page, `failed ${this.currentTest.title}`);
    await closePage(page);
  });

  it('says what to do, copies the samples and opens them', async function () {
    this.timeout(120_000);
    const folder = join(session.workspace, '..', 'empty');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'notes.txt'), 'Nothing yet.');
    page = await openPage('notes.txt', session.host, folder);
    // The pages of the walkthrough stand beside its steps only if there is room.
    await page.setViewportSize({ width: 1600, height: 900 });
    await openSideBar(page);
    const button = tree(page, 'Rollouts').locator('.monaco-button', { hasText: 'Open Sample Rollouts' });
    await button.waitFor();
    await picture(page, 'welcome');
    await tree(page, 'Rollouts').locator('.monaco-button', { hasText: 'Get Started' }).click();
    const steps = page.locator('.getting-started-step');
    await until('five steps', async () => (await steps.count()) === 5);
    const titles = [
      'Open a rollout',
      'Label its sentences',
      'Steer from the cursor',
      'Look through a token',
      'Compute a vector',
    ];
    for (const [index, title] of titles.entries()) {
      await steps.nth(index).click();
      assert.match((await steps.nth(index).textContent()) ?? '', new RegExp(title));
      const shown = page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
      await until('its page', async () => (await shown.locator('h2').count()) > 0);
      await page.waitForTimeout(700);
      await picture(page, `walkthrough-${index + 1}`);
    }
    await button.click();
    const widget = page.locator('.quick-input-widget');
    await until('where to copy them', async () =>
      /doubletake-samples/.test((await widget.textContent()) ?? ''),
    );
    await picture(page, 'samples-folder');
    await page.keyboard.press('Enter');
    await until('where to open them', async () =>
      /Open in This Window/.test((await widget.textContent()) ?? ''),
    );
    await page.keyboard.press('Enter');
    // VS Code begins anew, in a browser by loading its page again.
    await page.waitForURL(/folder=[^&]*doubletake-samples/);
    await openSideBar(page);
    await until(
      'the samples in the tree',
      async () => (await rows(tree(page, 'Rollouts')).count()) > 5,
      30_000,
    );
    await page.locator('.tab.active[aria-label*=".rollout.txt"]').waitFor();
    await picture(page, 'samples-opened');
  });
});

// Kept beside the pictures: what the walkthrough promises must be keys of package.json.
describe('The walkthrough', () => {
  it('names only commands that there are', () => {
    const titles = session.manifest.contributes.commands.map(({ title }) => title.replace(/\.\.\.$/, ''));
    for (const name of ['open', 'label', 'steer', 'lens', 'vector']) {
      const text = readFileSync(join(session.root, 'media', 'walkthrough', `${name}.md`), 'utf8');
      for (const [, command] of text.matchAll(/\*\*F1\*\*, \*([^*]+)\*/g))
        assert(
          titles.some(title => title.startsWith(command)),
          `${name}.md names ${command}`,
        );
    }
  });
});
