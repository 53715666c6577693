import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DoubletakeApi } from '../../../src/editor/api';

/** The packaged extension under test. */
export const extension = () => vscode.extensions.getExtension<DoubletakeApi>('doubletake.doubletake')!;

/** What of package.json the tests compare with. */
export interface Manifest {
  main: string;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    views?: Record<string, { id: string }[]>;
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

export const manifest = (): Manifest =>
  JSON.parse(readFileSync(join(extension().extensionPath, 'package.json'), 'utf8'));

/** Folder that is open in this VS Code. */
export const workspaceFolder = () => vscode.workspace.workspaceFolders![0].uri;

/** Uri of a file of the workspace. */
export const inWorkspace = (...path: string[]) => vscode.Uri.joinPath(workspaceFolder(), ...path);

/** Closes every editor without saving. */
export async function closeAll(): Promise<void> {
  while (vscode.window.tabGroups.all.some(group => group.tabs.length > 0))
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
