import type { Locator, Page } from 'playwright-core';

/** A tree of the side bar by its title. */
export const tree = (page: Page, title: string) =>
  page.locator(`.pane:has(> .pane-header .title:text-is("${title}"))`);
/** The rows of a tree that are in sight. */
export const rows = (pane: Locator) => pane.locator('.monaco-list-row');
/** What a screen reader says of each. */
export const labelsOf = (pane: Locator) =>
  rows(pane).evaluateAll(found => found.map(row => row.getAttribute('aria-label') ?? ''));

/** Shows the side bar of the extension. */
export async function openSideBar(page: Page): Promise<void> {
  const pane = tree(page, 'Rollouts');
  if (!(await pane.isVisible()))
    await page.locator('.activitybar .action-label[aria-label^="Doubletake"]').click();
  await pane.waitFor();
}
