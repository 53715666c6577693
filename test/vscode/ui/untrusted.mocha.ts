import { strict as assert } from 'node:assert';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../suite';
import { filledWith } from './marks';
import { closePage, openPage, openPalette, picture, session } from './session';
import { labelsOf, openSideBar, tree } from './sideBar';

describe('An untrusted workspace', () => {
  it('shows labels and windows, and offers nothing that reads files elsewhere', async function () {
    this.timeout(90_000);
    const settings = {
      'security.workspace.trust.startupPrompt': 'never',
      'workbench.colorTheme': 'Dark Modern',
    };
    await session.withHost({ trust: true, settings }, async (host, home) => {
      host.install(session.vsix, 'doubletake.doubletake');
      await host.start();
      const folder = join(home, 'workspace');
      cpSync(session.workspace, folder, { recursive: true });
      const page = await openPage('tea.rollout.txt', host, folder);
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      await until('windows', async () => (await filledWith(page, 'doubletake.windowBackground')).length > 0);
      await openPalette(page, 'Doubletake: Choose Tokenizer');
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
      assert.equal(
        await page.locator('.quick-input-list .monaco-list-row[aria-label^="Doubletake: Choose"]').count(),
        0,
      );
      await page.keyboard.press('Escape');
      await openSideBar(page);
      await until('rollouts and vectors in the side bar', async () =>
        [await labelsOf(tree(page, 'Rollouts')), await labelsOf(tree(page, 'Vectors'))].every(labels =>
          labels.some(label => /backtracking/.test(label)),
        ),
      );
      await picture(page, 'untrusted');
      await closePage(page);
    });
  });
});
