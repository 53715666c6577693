import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll, extension, inWorkspace } from './extension';
import { openRollout, putCursor, savedLabels, sidecarText, writeFiles } from './rollouts';

const SENTENCES = ['Okay, so the bird sings.', 'Wait, this bird sleeps.', 'So it does not sing.'];
const TEXT = `<prompt>\nDoes it sing?\n</prompt>\n<think>\n${SENTENCES.join(' ')}\n</think>\nAnswer: no.`;
const AT = TEXT.indexOf(SENTENCES[1]);
const PERSON = `T1\texample-testing ${AT} ${AT + SENTENCES[1].length}\t${SENTENCES[1]}\n`;
const JUDGED = ['initializing', 'backtracking', 'deduction'];
const judge = (given: object) =>
  vscode.commands.executeCommand<
    { labelled: number; kept: number; reviewed: number; problems: string[] } | undefined
  >('doubletake.labelWithJudge', { judge: 'keyword', ...given });
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

  const mark = (name: string) => inWorkspace(`${name}.rollout.json`);
  const marked = (name: string) => JSON.parse(readFileSync(mark(name).fsPath, 'utf8'));

  it('leaves reviewed rollouts out, and takes the mark from those it is told to label', async () => {
    const names = ['person', 'open'].map(name => `${folder}/${name}`);
    for (const name of names) {
      await writeFiles(name, TEXT, PERSON);
      writeFileSync(mark(name).fsPath, '{ "id": "x", "reviewed": true }\n');
    }
    await openRollout(names[1]);
    const spared = await judge({ scope: 'all', how: 'replace', reviewed: false });
    assert.deepEqual([spared?.labelled, spared?.reviewed], [1, 2]);
    for (const name of names) {
      assert.deepEqual(onDisk(name), ['example-testing']);
      assert.equal(marked(name).reviewed, true);
    }
    const all = await judge({ scope: 'all', how: 'replace', reviewed: true });
    assert.deepEqual([all?.labelled, all?.reviewed], [3, 0]);
    for (const name of names) {
      assert.deepEqual(onDisk(name), JUDGED);
      assert.deepEqual(marked(name), { id: 'x' });
    }
  });

  it('takes the mark from the open rollout whose labels it replaces', async () => {
    const name = `${folder}/person`;
    writeFileSync(mark(name).fsPath, '{ "reviewed": true }\n');
    await openRollout(name);
    await judge({ scope: 'rollout', how: 'fill' });
    assert.deepEqual(marked(name), {});
  });

  it('keeps unsaved labels of a rollout whose tab is closed, and counts them', async () => {
    const name = `${folder}/person`;
    const labelsUri = inWorkspace(`${name}.rollout.ann`);
    await vscode.commands.executeCommand('doubletake.refreshRollouts');
    // Opened as a person does: what an extension opens stays in memory for minutes.
    await vscode.commands.executeCommand('vscode.open', inWorkspace(`${name}.rollout.txt`));
    const editor = vscode.window.activeTextEditor!;
    putCursor(editor, SENTENCES[0]);
    await vscode.commands.executeCommand('doubletake.setLabel', 'deduction');
    const file = () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === labelsUri.toString());
    await until('unsaved labels', async () => file()?.isDirty === true);
    const bothCounted = async () => {
      const rows = await extension().exports.rollouts();
      const counts = rows.find(row => row.name === 'person' && row.folder === folder)?.labels;
      return counts?.deduction === 1 && counts['example-testing'] === 1;
    };
    await until('both labels among the rollouts', bothCounted);
    const { uri } = editor.document;
    await vscode.window.tabGroups.close(
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
        ),
    );
    await openRollout(`${folder}/open`);
    await until(
      'the rollout to be closed',
      async () =>
        !vscode.workspace.textDocuments.some(document => document.uri.toString() === uri.toString()),
      20_000,
    );
    // Read anew at closing: from the unsaved document, not from the file.
    await new Promise(resolve => setTimeout(resolve, 1000));
    assert.ok(await bothCounted());
    const done = await judge({ scope: 'all', how: 'fill' });
    assert.equal(done?.labelled, 3);
    const expected = ['deduction', 'example-testing', 'deduction'];
    await until('its labels', async () => {
      assert.deepEqual(await labels(name), expected);
      return true;
    });
    assert.equal(file()?.isDirty, true, 'what the person had not saved stays unsaved');
    assert.deepEqual(onDisk(name), ['example-testing']);
    await file()!.save();
    assert.deepEqual(onDisk(name), expected);
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
