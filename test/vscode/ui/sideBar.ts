import type { Locator, Page } from 'playwright-core';
import { until } from '../suite';

/** A tree of the side bar by its title. */
export const tree = (page: Page, title: string) =>
  page.locator(`.pane:has(> .pane-header .title:text-is("${title}"))`);
/** The rows of a tree that are in sight. */
export const rows = (pane: Locator) => pane.locator('.monaco-list-row');
/** What a screen reader says of each. */
export const labelsOf = (pane: Locator) =>
  rows(pane).evaluateAll(found => found.map(row => row.getAttribute('aria-label') ?? ''));

/** Shows the side bar of the extension; a page that is still loading may be about to show it by itself. */
export async function openSideBar(page: Page): Promise<void> {
  const icon = page.locator('.activitybar .action-item', {
    has: page.locator('.action-label[aria-label^="Doubletake"]'),
  });
  await icon.waitFor({ timeout: 60_000 });
  await until('the side bar', async () => {
    if (await tree(page, 'Rollouts').isVisible()) return true;
    if (!/\bchecked\b/.test((await icon.getAttribute('class')) ?? '')) await icon.click();
    return false;
  });
}
