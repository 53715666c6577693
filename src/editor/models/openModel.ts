import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { ModelInfo } from '../../model/contract';
import { COMMANDS, SETTINGS } from '../ids';
import { updateSetting } from '../settings';
import { cachedModels } from './huggingFaceCache';
import { describeModel } from './modelFacts';
import { formatBytes, inspectModelFolder, type ModelFolder } from './modelFolder';
import { type ModelPair, UNTRUSTED, WHICH, type Which } from './modelPair';

const RECENT = 'doubletake.recentModels';
const MOST_RECENT = 6;

/** What a link or a tree says beforehand: of a model alone, that the one of the settings is started without a question. */
export interface OpenRequest {
  which?: Which;
  folder?: string;
}

/** The command: asks which model and which folder, remembers the folder and opens it. Gives what it opened. */
export async function openModel(
  pair: ModelPair,
  memory: vscode.Memento,
  { which: wanted, folder: named }: OpenRequest = {},
): Promise<ModelInfo | undefined> {
  if (!vscode.workspace.isTrusted) throw new UserError(UNTRUSTED);
  const which = wanted ?? (await pickModel(pair, 'Which model should be opened?'));
  if (!which) return undefined;
  const asked = wanted === undefined;
  const folder = named ?? (asked ? await pickFolder(pair, which, memory) : pair.folder(which));
  if (folder === undefined) return undefined;
  try {
    if (folder !== pair.folder(which)) await choose(pair, which, folder, memory);
    await pair.use(which);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    void offerAnother(error);
    return undefined;
  }
  const { info } = pair.status(which);
  if (info && (asked || named !== undefined)) void tell(which, info);
  return info;
}

/** Makes a folder the setting's, if it can be one. */
async function choose(pair: ModelPair, which: Which, folder: string, memory: vscode.Memento): Promise<void> {
  await inspectModelFolder(folder);
  const bundled = folder === pair.bundledFolder(which);
  if (!bundled) await remember(memory, folder);
  await updateSetting(SETTINGS[`${which}Model`], bundled ? undefined : folder);
}

/** Asks for one of the two models, or of those in `among`. */
export async function pickModel(
  pair: ModelPair,
  placeHolder: string,
  among: readonly Which[] = WHICH,
): Promise<Which | undefined> {
  const items = among.map(which => {
    const { state, folder, bundled } = pair.status(which);
    return {
      label: which === 'base' ? 'Base model' : 'Reasoning model',
      description: state === 'closed' ? '' : state,
      detail: bundled ? 'the bundled one' : folder,
      which,
    };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.which;
}

interface FolderItem extends vscode.QuickPickItem {
  folder?: string;
}

const ELSEWHERE = '$(folder-opened) A folder on this machine…';

async function pickFolder(
  pair: ModelPair,
  which: Which,
  memory: vscode.Memento,
): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(folderItems(pair, which, memory), {
    title: `Open the ${which} model`,
    placeHolder: 'A Hugging Face folder: config.json, tokenizer.json, *.safetensors',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  if (picked.label !== ELSEWHERE) return picked.folder;
  const [uri] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: `Open as ${which === 'base' ? 'Base' : 'Reasoning'} Model`,
    })) ?? [];
  return uri?.fsPath;
}

async function folderItems(pair: ModelPair, which: Which, memory: vscode.Memento): Promise<FolderItem[]> {
  const bundled = pair.bundledFolder(which);
  const current = pair.folder(which);
  const recent = [...new Set([current, ...recentFolders(memory)])].filter(folder => folder !== bundled);
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const item = (label: string, { folder, architecture, bytes }: ModelFolder): FolderItem => ({
    label: folder === current ? `$(check) ${label}` : label,
    description: `${architecture}, ${formatBytes(bytes)}`,
    detail: folder,
    folder,
  });
  const known = await Promise.all(
    recent.map(folder =>
      inspectModelFolder(folder).then(
        found => item(basename(folder), found),
        // Shown with its fault, as a person may look for it here.
        (error: Error) => ({ label: `$(warning) ${basename(folder)}`, detail: error.message, folder }),
      ),
    ),
  );
  const cached = (await cachedModels()).filter(({ folder }) => !recent.includes(folder));
  return [
    item(`The bundled ${which} model`, await inspectModelFolder(bundled)),
    ...(known.length ? [separator('recently used'), ...known] : []),
    ...(cached.length
      ? [separator('in the cache of Hugging Face'), ...cached.map(m => item(m.name, m))]
      : []),
    separator(''),
    { label: ELSEWHERE },
  ];
}

const recentFolders = (memory: vscode.Memento) => memory.get<string[]>(RECENT, []);

async function remember(memory: vscode.Memento, folder: string): Promise<void> {
  const others = recentFolders(memory).filter(other => other !== folder);
  await memory.update(RECENT, [folder, ...others].slice(0, MOST_RECENT));
}

async function tell(which: Which, info: ModelInfo): Promise<void> {
  const check = 'Check Model';
  const said = `The ${which} model is open: ${describeModel(info)}, ${formatBytes(info.memory)}. ${info.providerReason}.`;
  if ((await vscode.window.showInformationMessage(said, check)) === check)
    await vscode.commands.executeCommand(COMMANDS.checkModel, { which });
}

async function offerAnother({ message }: Error): Promise<void> {
  const actions: Record<string, string> = {
    'Open Another': COMMANDS.openModel,
    'Show Log': COMMANDS.showLog,
  };
  const chosen = await vscode.window.showErrorMessage(message, ...Object.keys(actions));
  if (chosen) await vscode.commands.executeCommand(actions[chosen]);
}
