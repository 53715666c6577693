import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll } from './extension';
import { openRollout } from './rollouts';

/** Everything that hovering over `text` says. */
async function hoverOver(editor: vscode.TextEditor, text: string): Promise<string> {
  const position = editor.document.positionAt(editor.document.getText().indexOf(text) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map(part => (typeof part === 'string' ? part : part.value))
    .join('\n');
}

describe('Logit lens on hover', () => {
  after(closeAll);

  it('offers to start the model, and starts none by itself', async () => {
    const editor = await openRollout('tea');
    const shown = await until('a hover', () => hoverOver(editor, 'Wait'));
    assert.match(shown, /Show the logit lens/);
    assert.doesNotMatch(shown, /\| layer \|/);
  });

  it('shows every layer once the model runs, from the cache the second time', async function () {
    this.timeout(60_000);
    const editor = await openRollout('tea');
    await vscode.commands.executeCommand('doubletake.openModel', { which: 'reasoning' });
    const shown = await until('the lens', async () => {
      const text = await hoverOver(editor, 'Wait');
      return text.includes('| layer |') && text;
    });
    for (let layer = 0; layer < 6; layer++) assert.match(shown, new RegExp(`^\\| ${layer} \\|.+%`, 'm'));
    assert.match(shown, /surprisal [\d.]+ bits/);
    const started = performance.now();
    assert.equal(await hoverOver(editor, 'Wait'), shown);
    // The promise is 10 ms for what is computed already; the rest is the way through VS Code on a loaded machine.
    assert.ok(performance.now() - started < 200);
  });
});
