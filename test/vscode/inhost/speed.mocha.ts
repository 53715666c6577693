import { strict as assert } from 'node:assert';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { formatAnn } from '../../../src/core/brat';
import { labelSentences } from '../../../src/core/keywordJudge';
import { parseRollout } from '../../../src/core/rollout';
import { measure, until } from '../suite';
import { closeAll, extension, inWorkspace } from './extension';
import { openRollout, writeFiles } from './rollouts';

// The goals are 100 ms from opening to decorations, 16 ms for a key and 50 ms for anything; these limits hold on two
// cores with other work beside.
const OPENING_LIMIT_MS = 500;
const KEY_LIMIT_MS = 80;
const BLOCK_LIMIT_MS = 250;

const REASONING = [
  'Okay, so the question is what Bob eats.',
  'Bob eats rice in the hall with Ann.',
  'Ann might eat bread, I am not sure about that.',
  'Wait, that is not what the text says.',
  'So Bob eats the apple that Ann gave him.',
  'For example, at noon the hall is full of people.',
];
const paragraphs = (characters: number) => {
  const paragraph = `${REASONING.join(' ')}\n\n`;
  return paragraph.repeat(Math.ceil(characters / paragraph.length));
};

/** Writes a rollout of `characters` with a label for each sentence. */
async function writeLong(name: string, characters: number): Promise<number> {
  const text = `<prompt>\nWhat does Bob eat?\n</prompt>\n<think>\n${paragraphs(characters)}</think>\nBob eats the apple.`;
  const { response, responseStart } = parseRollout(text);
  const spans = labelSentences(response, responseStart);
  await writeFiles(name, text, formatAnn(spans, text));
  return spans.length;
}

/** Resolves once the rollout is drawn: what is visible of it, or all. */
function drawn(uri: vscode.Uri, part: 'visible' | 'all'): Promise<number> {
  return new Promise(resolve => {
    const listener = extension().exports.onDidDraw(event => {
      if (event.uri.toString() !== uri.toString() || (part === 'all' && !event.complete)) return;
      listener.dispose();
      resolve(performance.now());
    });
  });
}

/** Milliseconds that the extension host was busy during `work`, VS Code's own share included. */
async function busy(work: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization();
  await work();
  return performance.eventLoopUtilization(before).active;
}

/** The longest time in which the extension host did nothing else during `work`, milliseconds. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

describe('Speed', () => {
  before(() => extension().activate());
  afterEach(closeAll);

  it('decorates a rollout of 1 MB soon after it is opened', async () => {
    const labels = await writeLong('speed-open', 1_000_000);
    // The tokenizer is opened once for all rollouts.
    await openRollout('tea');
    let opened = 0;
    let first: Promise<number> | undefined;
    let all: Promise<number> | undefined;
    const listener = vscode.workspace.onDidOpenTextDocument(({ uri, languageId }) => {
      if (!uri.path.includes('speed-open') || languageId !== 'rollout' || opened) return;
      opened = performance.now();
      first = drawn(uri, 'visible');
      all = drawn(uri, 'all');
    });
    const blocked = await longestBlock(async () => {
      await openRollout('speed-open');
      await all;
    });
    listener.dispose();
    const state = await extension().exports.rollout(vscode.window.activeTextEditor!.document.uri);
    assert.equal(state?.labels.length, labels);
    const time = (await first!) - opened;
    measure('1 MB: opened to decorated', time);
    measure('1 MB: opened to every window known', (await all!) - opened);
    measure('1 MB: longest block while opening', blocked);
    assert(time < OPENING_LIMIT_MS, `${time} ms`);
    assert(blocked < BLOCK_LIMIT_MS, `${blocked} ms`);
  });

  it('keeps up with typing in a rollout of 1 MB', async () => {
    await writeLong('speed-type', 1_000_000);
    const editor = await openRollout('speed-type');
    const { document } = editor;
    await drawn(document.uri, 'all');
    const at = document.positionAt(document.getText().indexOf('Ann might', 500_000));
    editor.revealRange(new vscode.Range(at, at));
    editor.selection = new vscode.Selection(at, at);
    await drawn(document.uri, 'visible');
    const keys: number[] = [];
    for (const key of 'Well, Ann ')
      keys.push(
        await busy(async () => {
          const done = drawn(document.uri, 'visible');
          await vscode.commands.executeCommand('type', { text: key });
          await done;
        }),
      );
    measure('1 MB: busy for each key (median)', median(keys));
    measure('1 MB: busy for each key (most)', Math.max(...keys));
    assert(median(keys) < KEY_LIMIT_MS, `${keys}`);
    await until('the text', () => document.getText().includes('Well, Ann Ann might'));
  });
  it('leaves the host free while a model generates', async function () {
    this.timeout(60_000);
    const vector = inWorkspace('vectors', 'backtracking.base.layer1.safetensors');
    await vscode.commands.executeCommand('doubletake.makeActiveVector', vector);
    await openRollout('tea');
    await vscode.commands.executeCommand('doubletake.openModel', { which: 'reasoning' });
    const request = { strength: 4, seed: 1 };
    const blocked = await longestBlock(async () => {
      await vscode.commands.executeCommand('doubletake.compareSteered', request);
    });
    measure('longest block while two rows are generated', blocked);
    assert(blocked < BLOCK_LIMIT_MS, `${blocked} ms`);
    await vscode.commands.executeCommand('doubletake.removeFromSteeringSet', vector);
  });
});
