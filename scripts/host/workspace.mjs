// The folder that the tests open in VS Code: a writable copy of what the repository has.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

/** Copies the tests' own rollouts and the samples into `folder`, emptied before. */
export function makeWorkspace(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'test', 'vscode', 'workspace'), folder, { recursive: true });
  // There from the start, so that it is watched when the tests write to it.
  mkdirSync(join(folder, '.vscode'));
  writeFileSync(join(folder, '.vscode', 'settings.json'), '{}');
  cpSync(join(ROOT, 'samples', 'rollouts'), join(folder, 'samples'), { recursive: true });
  cpSync(join(ROOT, 'samples', 'vectors'), join(folder, 'vectors'), { recursive: true });
  return folder;
}
