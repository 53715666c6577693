import * as vscode from 'vscode';
import { DEFAULT_LENGTH, DEFAULT_OFFSET } from '../core/windows';
import { SETTINGS } from './ids';
import type { WindowSetting } from './rollout/decorationRanges';

/** Offset and length of the windows in a document; a value that is no whole number counts as the default. */
export function windowSetting(uri: vscode.Uri): WindowSetting {
  const offset = setting<unknown>(SETTINGS.windowOffset, uri);
  const length = setting<unknown>(SETTINGS.windowLength, uri);
  return {
    offset: bounded(offset, -WIDEST, WIDEST, DEFAULT_OFFSET),
    length: bounded(length, 1, WIDEST, DEFAULT_LENGTH),
  };
}

/** The value of a setting for a document, or in general. */
export function setting<T>(id: string, uri?: vscode.Uri): T | undefined {
  return vscode.workspace.getConfiguration(undefined, uri).get<T>(id);
}

/** Writes a setting where it is already set, else for the user. */
export async function updateSetting(id: string, value: unknown, uri?: vscode.Uri): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(undefined, uri);
  const { workspaceFolderValue, workspaceValue } = configuration.inspect(id) ?? {};
  const target =
    workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await configuration.update(id, value, target);
}

/** Tokens, as package.json says. */
export const WIDEST = 200;

function bounded(value: unknown, low: number, high: number, fallback: number): number {
  return Number.isInteger(value) ? Math.min(Math.max(value as number, low), high) : fallback;
}
