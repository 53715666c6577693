import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../suite';
import { closeAll, extension, inWorkspace } from './extension';
import { model, modelProcesses } from './modelTools';
import { openRollout } from './rollouts';

const run = <T = vscode.Uri | undefined>(command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand<T>(`doubletake.${command}`, ...args);
const accept = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const dismiss = () => vscode.commands.executeCommand('workbench.action.closeQuickOpen');

/** Completions in sight; those of closed tabs linger among the documents. */
const completions = () =>
  vscode.window.visibleTextEditors
    .map(({ document }) => document)
    .filter(({ uri }) => uri.scheme === 'doubletake-completion');
const textOf = (uri: vscode.Uri) =>
  vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString())?.getText() ??
  '';
const completionTabs = () =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === 'doubletake-completion',
    );

/** Processor time of the models so far, in clock ticks. */
const ticks = () =>
  modelProcesses().reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);

describe('Steering in the editor', function () {
  this.timeout(60_000);
  let editor: vscode.TextEditor;
  let start: number;

  before(async () => {
    editor = await openRollout('tea');
    // The set is empty: the first command asks for a vector, and remembers it.
    const first = run('steerFromCursor', { strength: 4, seed: 1 });
    await until(
      'a completion',
      async () => {
        await accept();
        return completions().length > 0;
      },
      60_000,
    );
    await first;
    await closeAll();
  });

  /** Puts the cursor at the beginning of the reasoning. */
  const toStart = async () => {
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    start = editor.document.getText().indexOf('<think>') + '<think>\n'.length;
    const position = editor.document.positionAt(start);
    editor.selection = new vscode.Selection(position, position);
  };

  beforeEach(async () => {
    editor = await openRollout('tea');
    await toStart();
  });
  afterEach(closeAll);

  /** The text of a document once it is drawn to its end. */
  const whole = async (uri: vscode.Uri | undefined) => {
    let last = '';
    return until('the end of a text', async () => {
      const before = last;
      await new Promise(resolve => setTimeout(resolve, 200));
      last = textOf(uri!);
      return last === before && last;
    });
  };
  const kept = () => editor.document.getText().slice(0, start);

  it('previews while the strength is asked for, and Escape brings everything back', async () => {
    const before = editor.document.getText();
    const steering = run('steerFromCursor');
    const preview = await until('a preview that grows', () =>
      completions().find(document => document.getText().length > kept().length + 20),
    );
    assert.equal(preview.languageId, 'rollout');
    assert.ok(preview.getText().startsWith(kept()));
    assert.equal(completionTabs().length, 1);
    await dismiss();
    assert.equal(await steering, undefined);
    await until('the rollout in front', () => vscode.window.activeTextEditor?.document === editor.document);
    assert.equal(completionTabs().length, 0);
    assert.equal(editor.document.offsetAt(vscode.window.activeTextEditor!.selection.active), start);
    assert.equal(editor.document.getText(), before);
    assert.equal(editor.document.isDirty, false);
  });

  it('ends a preview within a token: the models rest after Escape', async () => {
    const steering = run('steerFromCursor');
    await until('a preview', () => completions().some(d => d.getText().length > kept().length));
    await dismiss();
    await steering;
    await until('models at rest', async () => {
      const before = ticks();
      await new Promise(resolve => setTimeout(resolve, 300));
      return ticks() - before <= 1;
    });
  });

  it('keeps on Enter, marks backtracking, and saves beside the rollout without overwriting', async () => {
    const steering = run('steerFromCursor');
    await until('a preview', () => completions().some(d => d.getText().length > kept().length));
    await accept();
    const uri = (await steering)!;
    const text = await whole(uri);
    assert.match(text.slice(start), /\b(wait|hmm)\b/i);
    const state = await until('its labels', async () => {
      const shown = await extension().exports.rollout(uri);
      if (!shown?.labels.some(({ label }) => label === 'backtracking'))
        throw new Error(JSON.stringify([shown, text]));
      return shown;
    });
    assert.ok(state.windows.length > 0 && state.starts.length > 0);
    // Another language is no end of the document.
    const [shown] = completions();
    await vscode.languages.setTextDocumentLanguage(shown, 'plaintext');
    await vscode.languages.setTextDocumentLanguage(shown, 'rollout');
    await run('saveCompletion', uri);
    const saved = inWorkspace('tea.steered-4.rollout.txt');
    assert.equal(readFileSync(saved.fsPath, 'utf8'), text);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), saved.toString());
    const metadata = JSON.parse(readFileSync(inWorkspace('tea.steered-4.rollout.json').fsPath, 'utf8'));
    assert.match(metadata.modelHash, /^[0-9a-f]{32}$/);
    assert.ok(Number.isInteger(metadata.seed) && metadata.tool.startsWith('doubletake '));
    assert.deepEqual(
      [metadata.steeredFrom, metadata.steeredAt, metadata.strength, metadata.temperature],
      ['tea', start, 4, 1],
    );
    assert.deepEqual(metadata.vectors, [
      { file: 'vectors/backtracking.base.layer1.safetensors', layer: 1, weight: 1 },
    ]);
    // Labels that lost their text must not come to this one.
    writeFileSync(inWorkspace('tea.steered-4.2.rollout.ann').fsPath, '');
    await toStart();
    await run('saveCompletion', (await run('steerFromCursor', { strength: 4, seed: 2 }))!);
    assert.ok(!existsSync(inWorkspace('tea.steered-4.2.rollout.txt').fsPath));
    assert.ok(existsSync(inWorkspace('tea.steered-4.3.rollout.txt').fsPath));
    assert.equal(readFileSync(saved.fsPath, 'utf8'), text);
  });

  it('gives the same text for the same seed, and another for another strength', async () => {
    const text = async (strength: number) => {
      await toStart();
      return whole(await run('steerFromCursor', { strength, seed: 5 }));
    };
    const [first, again, other] = [await text(4), await text(4), await text(0)];
    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  it('goes on from between a space and its word as from before both', async () => {
    const text = editor.document.getText();
    const at = text.indexOf('Wait, maybe');
    const from = async (offset: number) => {
      await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
      const position = editor.document.positionAt(offset);
      editor.selection = new vscode.Selection(position, position);
      return whole(await run('steerFromCursor', { strength: 0, seed: 4 }));
    };
    const completed = await from(at);
    assert.ok(completed.length > at + 60, completed.slice(at));
    assert.equal(await from(at - 1), completed);
  });

  it('writes as many tokens as the selection has, after the text before it', async () => {
    const text = editor.document.getText();
    const chosen = 'Perhaps Ann drinks at home.';
    const from = text.indexOf(chosen);
    editor.selection = new vscode.Selection(
      editor.document.positionAt(from),
      editor.document.positionAt(from + chosen.length),
    );
    const uri = (await run('steerFromCursor', { strength: 0, seed: 3 }))!;
    const completed = await whole(uri);
    assert.ok(completed.startsWith(text.slice(0, from).trimEnd()));
    assert.ok(completed.length < from + 80, completed.slice(from));
    await run('saveCompletion', uri);
    const metadata = JSON.parse(readFileSync(inWorkspace('tea.steered-0.rollout.json').fsPath, 'utf8'));
    assert.ok(metadata.maxTokens >= 6 && metadata.maxTokens <= 12, metadata.maxTokens);
  });

  it('sweeps strengths in one table with common seeds', async () => {
    const sweep = { strengths: [0, 4], samples: 2, seed: 7 };
    const sections = (text: string) => text.slice(text.indexOf('strength 0'));
    const uri = (await run('sweepStrengths', sweep))!;
    const text = await until('its end', () => !textOf(uri).includes('running …') && textOf(uri));
    const [unsteered, steered] = [0, 4].map(strength =>
      Number(new RegExp(`^ +${strength} +[\\d.]+ +([\\d.]+)`, 'm').exec(text)?.[1]),
    );
    assert.ok(steered > unsteered, `${steered} waits steered, ${unsteered} unsteered`);
    assert.match(text, /seeds 7 to 8/);
    assert.equal((text.match(/^strength [04], sample [12] of 2$/gm) ?? []).length, 4);
    await toStart();
    const again = (await run('sweepStrengths', sweep))!;
    await until('the same completions', () => sections(textOf(again)) === sections(text));
  });

  it('keeps what had come when the model is killed while it generates, and steers again', async () => {
    // The processes are then those of the model that is steered.
    if (model('base').state === 'open') await run('closeModel', { which: 'base' });
    const strengths = Array.from({ length: 8 }, (_, i) => 20 + i);
    const sweeping = run('sweepStrengths', { strengths, samples: 16, seed: 1 });
    const document = await until('completions that grow', () =>
      completions().find(({ uri, getText }) => uri.path.includes('sweep') && getText().length > 5000),
    );
    const killed = modelProcesses();
    assert.ok(killed.length > 0);
    process.kill(killed[0], 'SIGKILL');
    const uri = (await sweeping)!;
    await until('the table to say so', () => textOf(uri).includes('broke off'));
    assert.ok(document.getText().length > 5000);
    await toStart();
    const completed = (await run('steerFromCursor', { strength: 4, seed: 1 }))!;
    assert.match((await whole(completed)).slice(start), /\b(wait|hmm)\b/i);
    // None of those before is left behind.
    await until('none of those left', () => !modelProcesses().some(pid => killed.includes(pid)));
  });

  it('says so when the text leaves the model no room, and starts nothing', async () => {
    const long = await vscode.workspace.openTextDocument({
      language: 'rollout',
      content: `<prompt>\nWhy?\n</prompt>\n<think>\n${'Ann drinks tea at noon. '.repeat(200)}`,
    });
    const end = long.positionAt(long.getText().length);
    (await vscode.window.showTextDocument(long)).selection = new vscode.Selection(end, end);
    assert.equal(await run('steerFromCursor', { strength: 4 }), undefined);
    assert.equal(completionTabs().length, 0);
  });
});
