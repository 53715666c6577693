import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll, inWorkspace } from './extension';
import { openRollout, savedLabels, sidecarText, writeFiles } from './rollouts';

const SENTENCES = ['Okay, so the bird sings.', 'Wait, this bird sleeps.', 'So it does not sing.'];
const TEXT = `<prompt>\nDoes it sing?\n</prompt>\n<think>\n${SENTENCES.join(' ')}\n</think>\nAnswer: no.`;
const AT = TEXT.indexOf(SENTENCES[1]);
const PERSON = `T1\texample-testing ${AT} ${AT + SENTENCES[1].length}\t${SENTENCES[1]}\n`;
const JUDGED = ['initializing', 'backtracking', 'deduction'];
const judge = (given: object) =>
  vscode.commands.executeCommand<{ labelled: number; kept: number; problems: string[] } | undefined>(
    'doubletake.labelWithJudge',
    { judge: 'keyword', ...given },
  );
const onDisk = (name: string) =>
  savedLabels(readFileSync(inWorkspace(`${name}.rollout.ann`).fsPath, 'utf8')).map(([label]) => label);
const labels = async (name: string) => savedLabels(await sidecarText(name)).map(([label]) => label);

describe('Labelling with a judge', () => {
  let folder: string;
  let count = 0;

  beforeEach(async () => {
    folder = `judged-${++count}`;
    await writeFiles(`${folder}/plain`, TEXT);
    await writeFiles(`${folder}/person`, TEXT, PERSON);
    await writeFiles(`${folder}/open`, TEXT);
    await writeFiles(`${folder}/broken`, '<prompt>\nnever closed\n');
  });
  afterEach(closeAll);

  it('labels the rollouts of a folder that have none, the open one so that undo takes it back', async () => {
    await openRollout(`${folder}/open`);
    const done = await judge({ scope: 'unlabelled', how: 'fill' });
    assert.deepEqual([done?.labelled, done?.kept, done?.problems.length], [2, 1, 1]);
    assert.match(done!.problems[0], /broken\.rollout\.txt.*never closed/);
    assert.deepEqual(onDisk(`${folder}/plain`), JUDGED);
    assert.deepEqual(onDisk(`${folder}/person`), ['example-testing']);
    assert.deepEqual(onDisk(`${folder}/open`), JUDGED);
    await vscode.commands.executeCommand('doubletake.undoLabelChange');
    await until('no labels', async () => (await labels(`${folder}/open`)).length === 0);
  });

  for (const [how, expected] of [
    ['fill', ['initializing', 'example-testing', 'deduction']],
    ['replace', JUDGED],
  ] as const)
    it(`labels all rollouts of a folder: ${how}`, async () => {
      await openRollout(`${folder}/person`);
      const done = await judge({ scope: 'all', how });
      assert.equal(done?.labelled, 3);
      await until('its labels', async () => {
        assert.deepEqual(await labels(`${folder}/person`), expected);
        return true;
      });
      assert.deepEqual(onDisk(`${folder}/plain`), JUDGED);
    });

  it('labels the sentences that the selection touches', async () => {
    const editor = await openRollout(`${folder}/open`);
    editor.selection = new vscode.Selection(
      editor.document.positionAt(AT + 3),
      editor.document.positionAt(AT + SENTENCES[1].length + 4),
    );
    await judge({ scope: 'selection', how: 'fill' });
    await until('two labels', async () => {
      assert.deepEqual(await labels(`${folder}/open`), ['backtracking', 'deduction']);
      return true;
    });
  });
});
