import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { makeFolder, type RolloutMetadata, readRollout, writeRollout } from '../../files/rolloutFolder';
import { asUserError } from '../../files/systemError';
import { TOOL_VERSION } from '../../study/version';
import { freeName, steeredName, takenNames } from './completionName';
import { type Completions, closeTabs } from './completions';
import type { RowState, SteeredRequest } from './steeredRun';

/** A row of a run as it can be saved. */
export interface SteeredCompletion {
  request: SteeredRequest;
  row: number;
  state: RowState;
  /** Whether tokens may still come. */
  running(): boolean;
}

/** Writes the completion of a document as a new rollout beside the one it comes from, and opens it in its place. */
export async function saveCompletion(completions: Completions, uri: vscode.Uri | undefined): Promise<void> {
  const completion = uri && completions.of(uri)?.steered;
  if (!completion)
    throw new UserError('Show a steered completion first: it is saved as a rollout of its own');
  if (completion.running())
    throw new UserError(
      'The completion is still being written: save it when it has ended, or cancel it first',
    );
  const own = completion.request.start.uri;
  let folder = own.scheme === 'file' ? dirname(own.fsPath) : await askFolder();
  for (;;) {
    if (folder === undefined) return;
    try {
      const path = await write(folder, completion);
      const viewColumn = vscode.window.activeTextEditor?.viewColumn;
      await closeTabs(uri);
      await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn, preview: false });
      return;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const another = 'Choose Another Folder…';
      const chosen = await vscode.window.showErrorMessage(`Doubletake: ${error.message}`, another);
      folder = chosen === another ? await askFolder() : undefined;
    }
  }
}

async function write(folder: string, completion: SteeredCompletion): Promise<string> {
  const { request, row, state } = completion;
  const { prompt, kept, name: origin } = request.start;
  await makeFolder(folder);
  const files = await readdir(folder).catch(error => {
    throw asUserError(error, 'read', folder);
  });
  const name = freeName(steeredName(origin, request.rows[row].strength), takenNames(files));
  const metadata = await metadataOf(folder, name, completion);
  await writeRollout(folder, { name, rollout: { prompt, response: kept + state.text }, metadata });
  return join(folder, `${name}.rollout.txt`);
}

/** Where a steered rollout came from; `steeredAt` counts code points of the rollout's text, as `.ann` files do. */
async function metadataOf(
  folder: string,
  name: string,
  { request: { model, start, vectors, rows }, row, state }: SteeredCompletion,
): Promise<RolloutMetadata> {
  const { category } = await readRollout(dirname(start.uri.fsPath), start.name).then(
    ({ metadata }) => metadata,
    () => ({}) as RolloutMetadata,
  );
  const { strength, seed } = rows[row];
  return {
    id: name,
    ...(category === undefined ? {} : { category }),
    model: model.identity.name,
    modelHash: model.identity.hash,
    ...start.sampling,
    maxTokens: start.maxTokens,
    seed,
    finishReason: state.finish ?? 'cut off',
    tool: TOOL_VERSION,
    steeredFrom: start.name,
    steeredAt: start.offset,
    strength,
    vectors: vectors.map(({ path, layer, weight }) => ({
      file: relative(folder, path).split(sep).join('/'),
      layer,
      weight,
    })),
  };
}

async function askFolder(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
      openLabel: 'Save Here',
    })) ?? [];
  return folder?.fsPath;
}
