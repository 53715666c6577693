import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { RolloutShading } from '../../../src/editor/decorations/rolloutShading';
import type { RolloutDocument } from '../../../src/editor/documents/rolloutDocument';
import type { Scoring, TokenScoring } from '../../../src/editor/models/tokenScoring';
import { readVector, writeVector } from '../../../src/files/vectorFile';
import { loadTokenizer } from '../../../src/model/text/tokenizer';
import { measure, until } from '../suite';
import { closeAll, extension, inWorkspace } from './extension';
import { openRollout, writeFiles } from './rollouts';

const { executeCommand } = vscode.commands;
const shade = (kind: string) => executeCommand('doubletake.shadeTokens', kind);
const shadingOf = async (name = 'tea') =>
  (await extension().exports.rollout(inWorkspace(`${name}.rollout.txt`)))!.shading;

/** Values by position once none but the first is missing. */
const allValues = (kind: string, name = 'tea') =>
  until(
    `${kind} of every token`,
    async () => {
      const shading = await shadingOf(name);
      const { values } = shading ?? { values: [] };
      const missing = values.slice(1).filter(Number.isNaN).length;
      if (missing > 0) throw new Error(`${missing} of ${values.length} are missing`);
      return shading?.kind === kind && values.length > 1 && values;
    },
    30_000,
  );

/** What the hovers over a place say. */
async function hovers(editor: vscode.TextEditor, offset: number): Promise<string> {
  const found = await executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    editor.document.positionAt(offset),
  );
  const parts = found.flatMap(({ contents }) => contents);
  return parts.map(part => (typeof part === 'string' ? part : part.value).replaceAll('\\', '')).join('\n');
}

async function legend(editor: vscode.TextEditor): Promise<string | undefined> {
  const lenses = await executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    editor.document.uri,
    100,
  );
  return lenses.map(({ command }) => command!.title).find(title => title.startsWith('◧'));
}

/** The longest time, milliseconds, that the event loop of the host stood still while `job` ran. */
async function longestBlock(job: () => PromiseLike<unknown>): Promise<number> {
  let worst = 0;
  let last = performance.now();
  const clock = setInterval(() => {
    worst = Math.max(worst, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  await job();
  clearInterval(clock);
  return worst;
}

const bundled = () => inWorkspace('vectors', 'backtracking.base.layer1.safetensors').fsPath;
const negated = () => inWorkspace('vectors', 'negated.safetensors').fsPath;
const leaveSet = (path: string) => executeCommand('doubletake.removeFromSteeringSet', { path });

describe('Shading', () => {
  before(() => extension().activate());
  afterEach(closeAll);
  after(async () => {
    await openRollout('tea');
    await shade('nothing');
    await leaveSet(bundled());
    await leaveSet(negated());
    await vscode.workspace.fs.delete(vscode.Uri.file(negated()));
    await closeAll();
  });

  it('by surprisal says of every token what the logit lens says of it', async function () {
    this.timeout(90_000);
    const editor = await openRollout('tea');
    assert.equal(await shadingOf(), undefined);
    await shade('surprisal');
    const values = await allValues('surprisal');
    assert(Number.isNaN(values[0]), 'nothing predicts the first token');
    const text = editor.document.getText();
    for (const word of ['Wait', 'kiosk', 'So Ann']) {
      const shown = await until('both hovers', async () => {
        const said = await hovers(editor, text.indexOf(word) + 1);
        return said.includes('| layer |') && said;
      });
      const position = Number(/· position (\d+)/.exec(shown)![1]);
      const [, lens] = /· surprisal ([\d.]+) bits/.exec(shown)!;
      assert.equal(values[position].toFixed(1), lens, shown);
      const [, told] = /^surprisal ([\d.]+) bits$/m.exec(shown)!;
      assert(Math.abs(Number(told) - values[position]) < 0.06, shown);
    }
    assert.match((await legend(editor))!, /^◧ surprisal 0–[\d.]+ bits$/);
  });

  it('by KL divergence compares both models', async function () {
    this.timeout(90_000);
    const editor = await openRollout('tea');
    await shade('divergence');
    const values = await allValues('divergence');
    assert(values.slice(1).every(value => value >= 0));
    assert(
      values.slice(1).some(value => value > 0.1),
      'fine-tuning changed something',
    );
    assert.match((await legend(editor))!, /^◧ KL reasoning ‖ base 0–[\d.]+ bits$/);
    const offset = editor.document.getText().indexOf('Wait') + 1;
    assert.match(await hovers(editor, offset), /^KL reasoning ‖ base [\d.]+ bits$/m);
  });

  it('by projection follows the active vector, centred on the response', async function () {
    this.timeout(90_000);
    const editor = await openRollout('tea');
    const asked = shade('projection');
    // The first time a vector is asked for: the bundled one is the only one of this workspace.
    await until('the question, answered', async () => {
      await executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return (await shadingOf())?.kind === 'projection';
    });
    await asked;
    const values = await allValues('projection');
    assert(Number.isFinite(values[0]), 'every token has a residual');
    const shown = await hovers(editor, editor.document.getText().indexOf('Wait') + 1);
    const [, sign, sigmas, raw, mean] =
      /^projection ([+−])([\d.]+) σ from the mean of this response \((−?[\d.]+); mean (−?[\d.]+)\)$/m.exec(
        shown,
      )!;
    const number = (text: string) => Number(text.replace('−', '-'));
    const { document } = editor;
    const folder = join(extension().extensionPath, 'models', 'reasoning');
    const response = document.getText().slice(document.getText().indexOf('</prompt>') + 10);
    const tokens = loadTokenizer(folder).encode(response, { addSpecialTokens: false }).ids.length;
    const own = values.slice(-tokens);
    const average = own.reduce((sum, value) => sum + value, 0) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length);
    assert(Math.abs(number(mean) - average) < 0.06, `${mean} is not ${average}`);
    const wait = (number(raw) - average) / deviation;
    assert(
      Math.abs((sign === '−' ? -1 : 1) * Number(sigmas) - wait) < 0.1,
      `${sign}${sigmas} is not ${wait}`,
    );
  });

  it('by projection is read again for another active vector, and ends without one', async function () {
    this.timeout(60_000);
    const editor = await openRollout('tea');
    const before = await allValues('projection');
    const { vector, metadata } = readVector(bundled());
    await writeVector(
      negated(),
      vector.map(x => -x),
      metadata!,
    );
    await executeCommand('doubletake.addToSteeringSet', { paths: [negated()], before: bundled() });
    await until('the opposite values', async () => {
      const { values } = (await shadingOf())!;
      return values.length > 0 && values.every((value, t) => Math.abs(value + before[t]) < 1e-3);
    });
    // Computed anew under its name.
    await writeVector(negated(), vector, metadata!);
    await until('the values of the vector that the file holds now', async () => {
      const { values } = (await shadingOf())!;
      return values.length > 0 && values.every((value, t) => Math.abs(value - before[t]) < 1e-3);
    });
    await leaveSet(negated());
    await until('the values of before', async () => {
      const { values } = (await shadingOf())!;
      return values.length > 0 && values.every((value, t) => value === before[t]);
    });
    await leaveSet(bundled());
    await until('nothing', async () => (await shadingOf())!.values.length === 0);
    assert.equal(await legend(editor), '◧ projection: no active vector');
  });

  it('keeps the values before an edit and reads the rest again', async function () {
    this.timeout(60_000);
    await writeFiles(
      'shade-edit',
      '<prompt>\nWhere is Bea?\n</prompt>\n<think>\nBea is home. Wait, no. She is out.\n',
    );
    const editor = await openRollout('shade-edit');
    await shade('surprisal');
    const before = await allValues('surprisal', 'shade-edit');
    const at = editor.document.getText().indexOf('Wait');
    await editor.edit(edit => edit.insert(editor.document.positionAt(at), 'Hmm. '));
    const left = (await shadingOf('shade-edit'))!.values;
    const kept = left.findIndex((value, i) => i > 0 && Number.isNaN(value));
    assert(kept > 10 && kept < before.length, `${kept} of ${before.length} values are kept`);
    assert.deepEqual(left.slice(1, kept), before.slice(1, kept));
    assert(left.slice(kept).every(Number.isNaN));
    const again = await allValues('surprisal', 'shade-edit');
    assert(again.length > before.length);
    assert.deepEqual(again.slice(1, kept), before.slice(1, kept));
  });

  it('shades what fits into the model, says so, and leaves the host free', async function () {
    this.timeout(90_000);
    const sentence = 'Bea is home. Wait, maybe Bea is out. ';
    await writeFiles('shade-long', `<prompt>\nWhere?\n</prompt>\n<think>\n${sentence.repeat(28_000)}`);
    const editor = await openRollout('shade-long');
    const uri = editor.document.uri;
    assert(editor.document.getText().length > 1_000_000);
    await extension().exports.rollout(uri);
    const reading = await longestBlock(() => shade('divergence'));
    measure('shading of 1 MB: longest block of the host', reading);
    const values = await allValues('divergence', 'shade-long');
    assert.equal(values.length, 512);
    assert.match((await legend(editor))!, /, first 512 tokens$/);
    const far = await hovers(editor, editor.document.getText().length - 20);
    assert.match(far, /beyond the model’s 512 positions/);
    const typing = await longestBlock(async () => {
      for (let key = 0; key < 10; key++) {
        const at = new vscode.Position(4, 40 + key);
        await editor.edit(edit => edit.insert(at, 'x'), { undoStopBefore: false, undoStopAfter: false });
        // Longer than from a key to its decorations.
        await new Promise(resolve => setTimeout(resolve, 40));
      }
    });
    measure('shading of 1 MB: longest block while typing', typing);
    await allValues('divergence', 'shade-long');
    // The promise is 50 ms; other work shares this machine.
    for (const block of [reading, typing]) assert(block < 250, `the host was blocked for ${block} ms`);
  });

  it('reads nothing if it is disposed while the models are made ready', async () => {
    let ready!: (scoring: Scoring) => void;
    let [prepared, changes] = [0, 0];
    const source = {
      ready: () => true,
      modelsKey: () => '',
      prepare: () => {
        prepared++;
        return new Promise<Scoring>(resolve => (ready = resolve));
      },
    } as unknown as TokenScoring;
    const shading = new RolloutShading(
      {} as RolloutDocument,
      'surprisal',
      source,
      () => changes++,
      error => assert.fail(String(error)),
    );
    const reading = shading.readIfReady();
    shading.dispose();
    ready({ key: '' } as Scoring);
    await reading;
    assert.deepEqual([prepared, changes], [1, 0]);
  });

  it('goes on with whatever rollout comes into sight, and ends', async function () {
    this.timeout(60_000);
    await openRollout('tea');
    await shade('surprisal');
    await openRollout('unlabelled');
    await allValues('surprisal', 'unlabelled');
    await shade('nothing');
    assert.equal(await shadingOf('unlabelled'), undefined);
    const editor = await openRollout('tea');
    assert.equal(await shadingOf(), undefined);
    assert.equal(await legend(editor), undefined);
  });
});
