import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../ids';
import type { SteeringEntry, SteeringSet } from '../steering/steeringSet';
import { readVectorFile, vectorName } from '../steering/vectorFiles';
import { signed } from './rows/steeringWords';
import { VECTORS_MIME, vectorTooltip } from './vectorsView';

const STEERING_MIME = `application/vnd.code.tree.${VIEWS.steering.toLowerCase()}`;
const URIS_MIME = 'text/uri-list';

/** Stands in an empty set. Welcome content would be shorter, but nothing can be dropped on it. */
const NOTHING: SteeringEntry = { path: '', weight: 1, enabled: false };
const WELCOME =
  'Steering adds these vectors to the residual stream, each times its weight and the strength that you type.';

/** The tree of the steering set: its entries in order, ticked if they take part; vectors are dropped here. */
export class SteeringView
  implements
    vscode.TreeDataProvider<SteeringEntry>,
    vscode.TreeDragAndDropController<SteeringEntry>,
    vscode.Disposable
{
  readonly dragMimeTypes: readonly string[] = [];
  readonly dropMimeTypes = [STEERING_MIME, VECTORS_MIME, URIS_MIME];
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<SteeringEntry>;
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly set: SteeringSet) {
    this.view = vscode.window.createTreeView<SteeringEntry>(VIEWS.steering, {
      treeDataProvider: this,
      dragAndDropController: this,
      canSelectMany: true,
    });
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.safetensors');
    const draw = () => {
      this.tell();
      this.changed.fire(undefined);
    };
    this.tell();
    this.disposables = [
      this.view,
      this.changed,
      watcher,
      ...[watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete].map(event => event(draw)),
      set.onDidChange(draw),
      // Files outside the workspace are not watched: they are looked at again when the view is.
      this.view.onDidChangeVisibility(({ visible }) => visible && draw()),
      this.view.onDidChangeCheckboxState(({ items }) => void this.tick(items)),
    ];
  }

  getChildren(entry?: SteeringEntry): SteeringEntry[] {
    if (entry) return [];
    return this.set.entries.length > 0 ? [...this.set.entries] : [NOTHING];
  }

  getTreeItem(entry: SteeringEntry): vscode.TreeItem {
    if (entry === NOTHING) return nothingItem();
    const { path, weight, enabled } = entry;
    const name = vectorName(path);
    const problem = problemOf(path);
    const file = problem ? undefined : readVectorFile(path);
    const metadata = file && 'metadata' in file ? file.metadata : undefined;
    const active = this.set.active?.path === path;
    const layer = metadata ? ` · layer ${metadata.layer}` : '';
    const item = new vscode.TreeItem(name);
    item.id = path;
    item.checkboxState = {
      state: enabled ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: enabled ? 'Takes part in steering' : 'Takes no part in steering',
      accessibilityInformation: { label: `${name} takes part in steering` },
    };
    item.contextValue = active ? 'entry.active' : 'entry';
    if (problem) {
      item.description = problem;
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.tooltip = problem;
    } else {
      item.description = `× ${signed(weight)}${layer}${active ? ' · active' : ''}`;
      item.iconPath = new vscode.ThemeIcon(active ? 'compass-active' : 'compass');
    }
    item.accessibilityInformation = {
      label: `${name}, weight ${weight}${layer}${active ? ', active vector' : ''}${problem ? `, ${problem}` : ''}`,
    };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { path, enabled }: SteeringEntry): vscode.TreeItem {
    const file = readVectorFile(path);
    if (!file || !('metadata' in file)) return item;
    const active = this.set.active?.path === path;
    const role = active
      ? '**Active vector**: the first that is ticked. Hovers and shading project on it; steering adds every ticked one.'
      : enabled
        ? 'Steering adds it to the residual stream, times its weight and the strength.'
        : 'Takes no part in steering until it is ticked.';
    const tooltip = vectorTooltip(file);
    tooltip.value = `${role}\n\n${tooltip.value}`;
    item.tooltip = tooltip;
    return item;
  }

  handleDrag(dragged: readonly SteeringEntry[], data: vscode.DataTransfer): void {
    const entries = dragged.filter(entry => entry !== NOTHING);
    data.set(STEERING_MIME, new vscode.DataTransferItem(JSON.stringify(entries.map(({ path }) => path))));
  }

  /** Vectors of the other tree, files of the Explorer, or own entries: they come to stand before `target`, or at the end. */
  async handleDrop(target: SteeringEntry | undefined, data: vscode.DataTransfer): Promise<void> {
    const paths = (await rowsIn(data)) ?? pathsOf((await data.get(URIS_MIME)?.asString()) ?? '');
    // By way of the command, which tells what cannot be added.
    if (paths.length > 0)
      await vscode.commands.executeCommand(COMMANDS.addToSteeringSet, {
        paths,
        before: target?.path || undefined,
      });
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private tell(): void {
    this.view.message = this.set.entries.length > 0 ? undefined : WELCOME;
  }

  private async tick(items: readonly [SteeringEntry, vscode.TreeItemCheckboxState][]): Promise<void> {
    for (const [{ path }, state] of items)
      await this.set.change(path, { enabled: state === vscode.TreeItemCheckboxState.Checked });
  }
}

function nothingItem(): vscode.TreeItem {
  const item = new vscode.TreeItem('Add a vector…');
  item.description = 'or drag it here';
  item.iconPath = new vscode.ThemeIcon('add');
  item.tooltip =
    'Choose from the vectors of this workspace, or drag one from the tree above or from the Explorer';
  item.accessibilityInformation = { label: 'the steering set is empty: add a vector', role: 'button' };
  item.command = { title: 'Add to Steering Set', command: COMMANDS.addToSteeringSet };
  return item;
}

/** Why an entry cannot be used, and how to mend it. */
function problemOf(path: string): string | undefined {
  if (!existsSync(path)) return `The file is gone: put ${path} back, or remove the entry`;
  const file = readVectorFile(path);
  if (!file) return `${path} is no vector file: remove the entry`;
  return 'problem' in file ? file.problem : undefined;
}

/** The paths that a drag out of one of the two trees carries. VS Code puts a value of its own under the same type. */
async function rowsIn(data: vscode.DataTransfer): Promise<string[] | undefined> {
  for (const [type, item] of data) {
    if (type !== STEERING_MIME && type !== VECTORS_MIME) continue;
    const value: unknown = JSON.parse(await item.asString());
    if (Array.isArray(value)) return value.map(String);
  }
  return undefined;
}

/** How a window that is connected to this machine names its files. */
const REMOTE = 'vscode-remote';

function pathsOf(uriList: string): string[] {
  return uriList
    .split(/\r?\n/)
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => vscode.Uri.parse(line))
    .filter(({ scheme }) => scheme === 'file' || scheme === REMOTE)
    .map(uri => uri.with({ scheme: 'file', authority: uri.scheme === REMOTE ? '' : uri.authority }).fsPath);
}
