import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { measure, until } from '../suite';
import { closeAll, extension, inWorkspace, manifest } from './extension';

// The goal is 50 ms on an idle machine (bench); these limits hold on two cores with a training run beside.
const ACTIVATION_LIMIT_MS = 250;
const LOADING_LIMIT_MS = 5000;

describe('Activation', () => {
  after(closeAll);

  it('is tested on the packaged extension', () => {
    assert(!existsSync(join(extension().extensionPath, 'src')), 'this is the clone');
    assert(existsSync(join(extension().extensionPath, manifest().main)));
  });

  it('has not happened before a rollout is opened', () => assert.equal(extension().isActive, false));

  it('is quick, and makes a rollout one', async () => {
    const start = performance.now();
    const { activationTime } = await extension().activate();
    const whole = performance.now() - start;
    measure('activation', activationTime);
    measure('activation with loading the extension', whole);
    assert(activationTime < ACTIVATION_LIMIT_MS, `${activationTime} ms`);
    assert(whole < LOADING_LIMIT_MS, `${whole} ms`);
    const document = await vscode.workspace.openTextDocument(inWorkspace('tea.rollout.txt'));
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'rollout');
  });

  it('brings an onnxruntime that loads', () => {
    const module = join(extension().extensionPath, 'node_modules', 'onnxruntime-node');
    const script = `console.log(require(${JSON.stringify(module)}).listSupportedBackends().map(b => b.name).join())`;
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    assert.match(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }), /\bcpu\b/);
  });

  it('registers the commands of package.json and no other', async () => {
    const declared = manifest().contributes.commands.map(({ command }) => command);
    const views = Object.values(manifest().contributes.views ?? {}).flat();
    // VS Code makes commands such as `view.focus` for every view.
    const made = (command: string) => views.some(({ id }) => command.startsWith(`${id}.`));
    const registered = (await vscode.commands.getCommands(true)).filter(
      command => command.startsWith('doubletake.') && !made(command),
    );
    assert.deepEqual(registered.sort(), declared.sort());
  });

  it('gives every command the category Doubletake and a title of its own', () => {
    const commands = manifest().contributes.commands;
    for (const { command, category } of commands) assert.equal(category, 'Doubletake', command);
    assert.equal(new Set(commands.map(({ title }) => title)).size, commands.length);
  });

  it('reads settings with the defaults of package.json', () => {
    for (const [key, { default: value }] of Object.entries(manifest().contributes.configuration.properties))
      assert.deepEqual(vscode.workspace.getConfiguration().get(key), value, key);
  });

  it('survives a folder without rollouts and an editor that is closed at once', async () => {
    const document = await vscode.workspace.openTextDocument({
      content: 'no rollout',
      language: 'plaintext',
    });
    await vscode.window.showTextDocument(document);
    await closeAll();
    await until('no editor', () => vscode.window.visibleTextEditors.length === 0);
  });
});
