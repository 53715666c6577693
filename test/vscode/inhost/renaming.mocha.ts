import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll, extension, inWorkspace } from './extension';
import { openRollout, writeFiles } from './rollouts';

const TEXT = '<prompt>\nHi?\n</prompt>\n<think>\nOkay, so the bird sings.\n</think>\nYes.';
const AT = TEXT.indexOf('Okay');
const ANN = `T1\tinitializing ${AT} ${AT + 24}\tOkay, so the bird sings.\n`;
const path = (name: string, ending: string) => inWorkspace(`renamed/${name}.rollout.${ending}`).fsPath;

/** As the Explorer does it. */
async function rename(from: string, to: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(vscode.Uri.file(path(from, 'txt')), vscode.Uri.file(path(to, 'txt')));
  assert.ok(await vscode.workspace.applyEdit(edit));
}

describe('Renaming a rollout', () => {
  before(() => extension().activate());
  afterEach(closeAll);

  it('takes labels and metadata along', async () => {
    await writeFiles('renamed/a', TEXT, ANN);
    await vscode.workspace.fs.writeFile(vscode.Uri.file(path('a', 'json')), Buffer.from('{"id": "a"}'));
    await openRollout('renamed/a');
    await rename('a', 'b');
    await until('the labels at the new place', async () => {
      const shown = await extension().exports.rollout(inWorkspace('renamed/b.rollout.txt'));
      return shown?.labels.length === 1;
    });
    assert.equal(readFileSync(path('b', 'ann'), 'utf8'), ANN);
    assert.equal(readFileSync(path('b', 'json'), 'utf8'), '{"id": "a"}');
    assert.ok(!existsSync(path('a', 'ann')) && !existsSync(path('a', 'json')));
  });

  it('leaves what stands at the new place already', async () => {
    await writeFiles('renamed/c', TEXT, ANN);
    await vscode.workspace.fs.writeFile(
      vscode.Uri.file(path('d', 'ann')),
      Buffer.from('#1\tAnnotatorNotes T1\tx\n'),
    );
    await vscode.workspace.fs.writeFile(vscode.Uri.file(path('c', 'json')), Buffer.from('{}'));
    await rename('c', 'd');
    assert.ok(existsSync(path('d', 'json')) && !existsSync(path('c', 'json')));
    assert.equal(readFileSync(path('d', 'ann'), 'utf8'), '#1\tAnnotatorNotes T1\tx\n');
    assert.equal(readFileSync(path('c', 'ann'), 'utf8'), ANN);
  });
});
