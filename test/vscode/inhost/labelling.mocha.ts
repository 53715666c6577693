import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
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

  it('keeps labels that others wrote a moment ago, which no watcher has told yet', async () => {
    const at = TEXT.indexOf(SENTENCES[1]);
    const theirs = `T1\tadding-knowledge ${at} ${at + SENTENCES[1].length}\t${SENTENCES[1]}\n`;
    putCursor(editor, SENTENCES[2]);
    writeFileSync(inWorkspace(`${name}.rollout.ann`).fsPath, theirs);
    await run('setLabel', 'backtracking');
    await labelsAre(['adding-knowledge', 1], ['backtracking', 2]);
    await run('undoLabelChange');
    await labelsAre(['adding-knowledge', 1]);
  });

  it('keeps metadata that others wrote a moment ago when the rollout is marked as reviewed', async () => {
    const file = inWorkspace(`${name}.rollout.json`).fsPath;
    writeFileSync(file, '{"seed": 12345678901234567890}');
    await run('toggleReviewed');
    await until('the mark', () => /"reviewed": true/.test(readFileSync(file, 'utf8')));
    assert.match(readFileSync(file, 'utf8'), /"seed": 12345678901234567890,/);
  });

  it('undoes the first label where new files get CRLF', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('eol', '\r\n', vscode.ConfigurationTarget.Global);
    try {
      await label(2, 'backtracking');
      await until('a label file with CRLF', async () => (await sidecarText(name)).endsWith('\r\n'));
      await run('undoLabelChange');
      await until('no label', async () => (await sidecarText(name)) === '');
    } finally {
      await files.update('eol', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('keeps labels on repeated sentences when line ends change', async () => {
    const lines = `<think>\n${'It is so.\n'.repeat(400)}</think>\n`;
    await editor.edit(edit => edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), lines));
    const second = new vscode.Position(250, 2);
    editor.selection = new vscode.Selection(second, second);
    await run('setLabel', 'deduction');
    await until('the label', async () => savedLabels(await sidecarText(name)).length === 1);
    await editor.edit(edit => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await until('the label moved', async () => {
      const [, start, end] = /deduction (\d+) (\d+)/.exec(await sidecarText(name)) ?? [];
      return (
        editor.document.offsetAt(new vscode.Position(250, 0)) === Number(start) &&
        editor.document.getText().slice(Number(start), Number(end)) === 'It is so.'
      );
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
