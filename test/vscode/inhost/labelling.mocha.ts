import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll, inWorkspace } from './extension';
import { openRollout, outlineNames, putCursor, save, savedLabels, sidecarText, writeFiles } from './rollouts';

const SENTENCES = [
  'Okay, so the bird sings.',
  'Birds sing at dawn.',
  'Wait, this bird sleeps.',
  'So it does not sing.',
];
const TEXT = `<prompt>\nDoes it sing?\n</prompt>\n<think>\n${SENTENCES.join(' ')}\n</think>\nAnswer: no.`;
const run = (command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand(`doubletake.${command}`, ...args);

describe('Labelling', () => {
  let editor: vscode.TextEditor;
  let name: string;
  let count = 0;

  beforeEach(async () => {
    name = `label-${++count}`;
    await writeFiles(name, TEXT);
    editor = await openRollout(name);
  });
  afterEach(closeAll);

  const label = async (sentence: number, value: string) => {
    putCursor(editor, SENTENCES[sentence]);
    await run('setLabel', value);
  };
  const labelsAre = async (...expected: [string, number][]) =>
    until(`labels ${JSON.stringify(expected)}`, async () => {
      assert.deepEqual(
        savedLabels(await sidecarText(name)),
        expected.map(([value, sentence]) => [value, SENTENCES[sentence]]),
      );
      return true;
    });

  it('labels the sentence at the cursor, and saves with the rollout', async () => {
    await label(2, 'backtracking');
    await labelsAre(['backtracking', 2]);
    await save();
    const onDisk = () => readFileSync(inWorkspace(`${name}.rollout.ann`).fsPath, 'utf8');
    await until('the sidecar on the disk', () => savedLabels(onDisk()).length === 1);
    assert.match(onDisk(), /^T1\tbacktracking \d+ \d+\tWait, this bird sleeps\.\n$/);
    assert.equal(editor.document.getText(), TEXT);
  });

  it('shows what is not saved as dirty, and nothing after saving', async () => {
    // Of this rollout: what earlier tests left unsaved may still be on its way out.
    const dirty = () =>
      vscode.workspace.textDocuments.filter(
        ({ isDirty, fileName }) => isDirty && fileName.includes(`${name}.rollout.`),
      );
    await label(0, 'initializing');
    await until('something dirty', () => dirty().length > 0);
    await save();
    await until('nothing dirty', () => dirty().length === 0);
  });

  it('undoes and redoes one label at a time', async () => {
    await label(0, 'initializing');
    await label(1, 'adding-knowledge');
    await labelsAre(['initializing', 0], ['adding-knowledge', 1]);
    await run('undoLabelChange');
    await labelsAre(['initializing', 0]);
    await run('undoLabelChange');
    await labelsAre();
    await run('redoLabelChange');
    await run('redoLabelChange');
    await labelsAre(['initializing', 0], ['adding-knowledge', 1]);
  });

  it('changes, repeats and removes a label', async () => {
    await label(0, 'deduction');
    await label(0, 'initializing');
    await labelsAre(['initializing', 0]);
    putCursor(editor, SENTENCES[1]);
    await run('repeatLabel');
    await labelsAre(['initializing', 0], ['initializing', 1]);
    putCursor(editor, SENTENCES[0]);
    await run('removeLabel');
    await labelsAre(['initializing', 1]);
  });

  it('labels everything with the keyword judge, and finds every backtracking', async () => {
    await run('labelWithJudge', { judge: 'keyword', scope: 'rollout', how: 'fill' });
    const all = await until('four labels', async () => {
      const found = savedLabels(await sidecarText(name));
      return found.length === 4 && found;
    });
    assert.deepEqual(all[2], ['backtracking', SENTENCES[2]]);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await run('nextBacktracking');
    await until(
      'the cursor at "Wait"',
      () =>
        editor.document.getText(
          new vscode.Range(editor.selection.active, editor.selection.active.translate(0, 4)),
        ) === 'Wait',
    );
  });

  it('keeps labels on their sentences while the rollout is edited', async () => {
    await label(2, 'backtracking');
    await labelsAre(['backtracking', 2]);
    await editor.edit(edit => edit.insert(editor.document.positionAt(TEXT.indexOf('Birds')), 'Tits, too. '));
    await save();
    await until('the label moved', async () => {
      const [, start, end] = /backtracking (\d+) (\d+)/.exec(await sidecarText(name)) ?? [];
      return editor.document.getText().slice(Number(start), Number(end)) === SENTENCES[2];
    });
  });

  it('gives an outline with every labelled sentence', async () => {
    await run('labelWithJudge', { judge: 'keyword', scope: 'rollout', how: 'fill' });
    const names = await until('an outline', async () => {
      const found = await outlineNames();
      return found.length > SENTENCES.length && found;
    });
    for (const sentence of SENTENCES)
      assert(
        names.some(name => name.includes(sentence.slice(0, 12))),
        `${sentence} in ${names}`,
      );
  });

  it('works in a text that no file holds yet', async () => {
    await closeAll();
    const document = await vscode.workspace.openTextDocument({ content: TEXT, language: 'rollout' });
    editor = await vscode.window.showTextDocument(document);
    // Labels need a file beside the text: this may say so, but must not fail or lose the text.
    putCursor(editor, SENTENCES[2]);
    await run('nextBacktracking');
    assert.equal(document.getText(), TEXT);
    await run('toggleAnnotationMode');
    await run('leaveAnnotationMode');
  });
});
