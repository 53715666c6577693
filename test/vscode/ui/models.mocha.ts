import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import { picture, runCommand, setTheme, sharedPage, THEMES } from './session';

const tree = (page: Page) => page.locator('.pane', { has: page.locator('[aria-label="Models Section"]') });
const row = (page: Page, name: string) => tree(page).locator(`.monaco-list-row[aria-label^="${name}"]`);
const status = (page: Page) => page.locator('.statusbar-item[id^="doubletake.doubletake"]');
/** What the status item says; nothing while it is hidden. */
const statusText = async (page: Page) => (await status(page).allTextContents()).join('');
/** The tooltip's text once it shows. */
async function tooltip(page: Page): Promise<string> {
  await page.mouse.move(640, 300);
  await status(page).hover();
  const hover = page.locator('.monaco-hover:visible', { hasText: 'Doubletake' });
  await hover.first().waitFor();
  return (await hover.first().textContent()) ?? '';
}

describe('Models', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('tea.rollout.txt');
    await setTheme(page, THEMES[0]);
    for (const which of ['Reasoning', 'Base']) await close(page, which);
    await runCommand(page, 'Models: Focus on Models View').catch(() =>
      runCommand(page, 'View: Show Doubletake'),
    );
    await row(page, 'Reasoning model').waitFor();
  });
  after(async () => {
    await page.keyboard.press('Escape');
    await page.mouse.move(640, 300);
    await setTheme(page, THEMES[0]);
    await runCommand(page, 'View: Show Explorer');
  });

  it('are closed, and the side bar says so, until one is clicked', async () => {
    for (const name of ['Reasoning model', 'Base model'])
      assert.match((await row(page, name).getAttribute('aria-label')) ?? '', /not loaded/);
    assert.doesNotMatch(await statusText(page), /reasoning|base/);
    assert.match(await tooltip(page), /Reasoning model: not loaded/);
    await picture(page, 'models-closed');
    await page.mouse.move(640, 300);
    await row(page, 'Reasoning model').click();
    await until('the model open', async () => /reasoning: CPU/.test(await statusText(page)));
    await until('its place and memory', async () =>
      /CPU · \d+ MB/.test((await row(page, 'Reasoning model').getAttribute('aria-label')) ?? ''),
    );
    await row(page, 'Reasoning model').locator('.monaco-tl-twistie').click();
    for (const fact of [/^LlamaForCausalLM.*6 layers, d 128/, /^1056 tokens.*512/, /^\d+ MB/, /^CPU/])
      await until(`${fact}`, async () => (await facts(page)).some(text => fact.test(text)));
    await picture(page, 'models-facts');
  });

  it('are told by the status item: provider, reason, memory, and links', async () => {
    const said = await tooltip(page);
    assert.match(said, /Reasoning model: CPU · \d+ MB/);
    assert.match(said, /Base model: not loaded/);
    assert.match(said, /This machine has no provider but the CPU|WebGPU was not used/);
    await picture(page, 'models-status');
    await page.locator('.monaco-hover:visible a', { hasText: 'open' }).first().click();
    await until('both open', async () => /reasoning, base: CPU/.test(await statusText(page)));
  });

  it('are checked by a click, line by line', async function () {
    this.timeout(60_000);
    await page.mouse.move(640, 300);
    const model = row(page, 'Reasoning model');
    await model.hover();
    await model.locator('a[aria-label^="Check Model"]').click();
    const editor = page.locator('.editor-instance .view-lines').last();
    const report = await until(
      'the summary',
      async () => {
        const text = ((await editor.textContent()) ?? '').replaceAll('\u00a0', ' ');
        return /checks passed/.test(text) && text;
      },
      30_000,
    );
    assert.match(report, /✓ tokenizer round trip: \d+ tokens/);
    assert.match(report, /✓ KV cache on and off agree: largest difference/);
    assert.match(report, /All \d+ checks passed \(\d+\.\d s\)/);
    await picture(page, 'models-check');
    await runCommand(page, 'View: Close Editor');
    await sharedPage('tea.rollout.txt');
  });

  for (const theme of THEMES) {
    it(`look as they should in ${theme.id}`, async () => {
      await setTheme(page, theme);
      assert.match(await tooltip(page), /Reasoning model: CPU/);
      await picture(page, `models-${theme.workbench}`);
    });
  }

  it('that run elsewhere than they were told to are told by a warning, the tree and the status item', async function () {
    this.timeout(60_000);
    await setTheme(page, THEMES[0]);
    await chooseProvider(page, 'WebGPU');
    await until('the models closed', async () => !/CPU/.test(await statusText(page)));
    await row(page, 'Reasoning model').click();
    await until('the model open', async () => /reasoning: CPU/.test(await statusText(page)));
    // VS Code under test keeps notifications in their centre.
    await page.locator('.statusbar-item[id="status.notifications"]').click();
    const warning = page.locator('.notifications-center .notification-list-item', {
      hasText: 'The reasoning model runs on the CPU',
    });
    await warning.waitFor();
    assert.match((await warning.textContent()) ?? '', /WebGPU was not used: no GPU adapter was found/);
    const warned = await status(page).evaluate(item => getComputedStyle(item).backgroundColor);
    await picture(page, 'models-fallback');
    await warning.locator('.monaco-button', { hasText: 'Choose Provider' }).first().click();
    await answerProvider(page, 'Auto');
    await until('the models closed', async () => !/CPU/.test(await statusText(page)));
    const calm = await status(page).evaluate(item => getComputedStyle(item).backgroundColor);
    assert.notEqual(warned, calm);
  });
});

const facts = (page: Page) =>
  tree(page)
    .locator('.monaco-list-row[aria-level="2"] .label-name, .monaco-list-row[aria-level="2"]')
    .allTextContents();

async function chooseProvider(page: Page, name: string): Promise<void> {
  await tree(page).hover();
  await tree(page).locator('a[aria-label^="Choose Provider"]').click();
  await answerProvider(page, name);
}

async function answerProvider(page: Page, name: string): Promise<void> {
  const choice = page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
  await choice.waitFor();
  // It fades in.
  await page.waitForTimeout(300);
  await picture(page, `models-provider-${name}`);
  await choice.click();
}

async function close(page: Page, which: string): Promise<void> {
  if (/reasoning|base/.test(await statusText(page))) {
    const name = which.toLowerCase();
    await tooltip(page);
    const links = page
      .locator('.monaco-hover:visible p', { hasText: `${which} model` })
      .locator('a', { hasText: 'close' });
    if (await links.count()) await links.first().click();
    await until(`no ${name} model`, async () => !(await statusText(page)).includes(name));
  }
}
