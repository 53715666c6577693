import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../suite';
import { windowTexts } from '../windowTexts';
import { closeAll, extension, inWorkspace } from './extension';
import { openRollout } from './rollouts';

describe('Windows', () => {
  afterEach(async () => {
    await configure(undefined, undefined);
    await closeAll();
  });

  const configure = async (offset?: number, length?: number) => {
    const settings = vscode.workspace.getConfiguration('doubletake.window');
    await settings.update('offset', offset, vscode.ConfigurationTarget.Global);
    await settings.update('length', length, vscode.ConfigurationTarget.Global);
  };
  const shown = async () => {
    const state = await extension().exports.rollout(inWorkspace('tea.rollout.txt'));
    const text = vscode.window.activeTextEditor!.document.getText();
    return state!.windows.map(({ start, end }) => text.slice(start, end));
  };
  const expected = (offset?: number, length?: number) =>
    windowTexts(
      join(extension().extensionPath, 'models', 'reasoning'),
      inWorkspace('tea.rollout.txt').fsPath,
      offset,
      length,
    );

  it('are the tokens −12 … −8 before each backtracking sentence', async () => {
    await openRollout('tea');
    assert.deepEqual(await shown(), expected());
    assert.equal(expected().length, 2);
  });

  for (const [offset, length] of [
    [-13, 5],
    [-1, 1],
    [0, 3],
    [4, 8],
  ]) {
    it(`follow the settings: offset ${offset}, length ${length}`, async () => {
      await openRollout('tea');
      await configure(offset, length);
      await until('the new windows', async () => {
        assert.deepEqual(await shown(), expected(offset, length));
        return true;
      });
    });
  }

  it('start at the first word of each backtracking sentence', async () => {
    const { document } = await openRollout('tea');
    const { starts } = (await extension().exports.rollout(document.uri))!;
    assert.deepEqual(
      starts.map(({ start, end }) => document.getText().slice(start, end).trim()),
      ['Wait', 'Hold'],
    );
  });

  it('are those of any text that is shown as a rollout', async () => {
    const text = 'It rains today. Wait, it snows.';
    const document = await vscode.workspace.openTextDocument({ content: text, language: 'plaintext' });
    await vscode.window.showTextDocument(document);
    assert.equal(await extension().exports.rollout(document.uri), undefined);
    await vscode.commands.executeCommand('doubletake.showAsRollout');
    await until('a rollout', () => document.languageId === 'rollout');
    assert(await extension().exports.rollout(document.uri));
  });
});
