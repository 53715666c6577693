import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../suite';
import {
  clickOn,
  closePalette,
  openPalette,
  picture,
  runCommand,
  session,
  setTheme,
  sharedPage,
  THEMES,
} from './session';

const ROLLOUT = join(session.workspace, 'unlabelled.rollout.txt');
const SIDECAR = join(session.workspace, 'unlabelled.rollout.ann');

/** Labels in the sidecar on the disk, each with the text it quotes. */
const saved = () =>
  existsSync(SIDECAR)
    ? [...readFileSync(SIDECAR, 'utf8').matchAll(/^T\d+\t(\S+) (\d+) (\d+)\t(.*)$/gm)].map(
        ([, label, start, end, quote]) => {
          assert.equal(readFileSync(ROLLOUT, 'utf8').slice(Number(start), Number(end)), quote);
          return [label, quote];
        },
      )
    : [];
const save = (page: Page) => page.keyboard.press('Control+s');
const countIs = (page: Page, count: number) =>
  until(`${count} labels in the status bar`, async () =>
    ((await page.locator('.statusbar').textContent()) ?? '').includes(`· ${count} labels`),
  );
const labelsAre = (labels: string[][]) =>
  until(`saved labels ${JSON.stringify(labels)}`, () => {
    if (JSON.stringify(saved()) !== JSON.stringify(labels))
      throw new Error(`they are ${JSON.stringify(saved())}`);
    return true;
  });

describe('Labelling by keyboard', () => {
  let page: Page;
  before(async function () {
    this.timeout(90_000);
    page = await sharedPage('unlabelled.rollout.txt');
    await setTheme(page, THEMES[0]);
  });

  afterEach(() => closePalette(page));

  it('offers its commands in the palette, and none that only works elsewhere', async () => {
    const { commands, menus } = session.manifest.contributes;
    const condition = (command: string) =>
      menus.commandPalette.find(entry => entry.command === command)?.when;
    const titles = (wanted: (when: string) => boolean) =>
      commands
        .filter(({ command }) => wanted(condition(command) ?? ''))
        .map(({ title, category }) => `${category}: ${title}`);
    await openPalette(page, 'Doubletake: ');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await until('a list of them', async () => (await rows.count()) >= 8);
    await picture(page, 'palette');
    // Only the rows in sight are in the page.
    const labels = () => rows.evaluateAll(found => found.map(row => row.getAttribute('aria-label') ?? ''));
    const offered = new Set(await labels());
    const expected = titles(when => when !== 'false' && !when.includes('!='));
    await until('every command in the palette', async () => {
      await page.keyboard.press('PageDown');
      for (const label of await labels()) offered.add(label);
      const missing = expected.filter(title => ![...offered].some(label => label.startsWith(title)));
      if (missing.length > 0) throw new Error(`missing: ${missing} in ${[...offered]}`);
      return true;
    });
    for (const title of titles(when => when === 'false'))
      assert(![...offered].some(label => label.startsWith(title)), `${title} works only elsewhere`);
  });

  it('sets labels with the keys 1 to 6 and goes on by itself', async () => {
    await clickOn(page, 'Okay, the question');
    await runCommand(page, 'Doubletake: Toggle Annotation Mode');
    await until('the mode shown in the status bar', async () =>
      /annotat/i.test((await page.locator('.statusbar').textContent()) ?? ''),
    );
    // As fast as the keys can be sent: none may be lost or hit the sentence before.
    await page.keyboard.type('1264');
    await save(page);
    await labelsAre([
      ['initializing', 'Okay, the question asks what Bob eats.'],
      ['deduction', 'Bob eats bread in the hall.'],
      ['backtracking', 'Wait, Bob eats rice.'],
      ['example-testing', 'So Bob eats rice.'],
    ]);
    await picture(page, 'annotation-mode');
  });

  it('undoes and redoes labels with the keys of the editor', async () => {
    const all = saved();
    await clickOn(page, 'So Bob eats');
    await page.keyboard.press('Control+z');
    await countIs(page, 3);
    await save(page);
    await labelsAre(all.slice(0, 3));
    await page.keyboard.press('Control+Shift+z');
    await countIs(page, 4);
    await save(page);
    await labelsAre(all);
  });

  it('leaves the keys to the text once the mode is left', async () => {
    const text = readFileSync(ROLLOUT, 'utf8');
    await clickOn(page, 'So Bob eats');
    await page.keyboard.press('Escape');
    await until(
      'the mode gone from the status bar',
      async () => !/annotating/i.test((await page.locator('.statusbar').textContent()) ?? ''),
    );
    await page.keyboard.press('End');
    await page.keyboard.press('6');
    await save(page);
    assert.doesNotMatch(text, /6/);
    await until('a 6 in the text', () => readFileSync(ROLLOUT, 'utf8').includes('6'));
  });
});
