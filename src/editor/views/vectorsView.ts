import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { VIEWS } from '../ids';
import type { SteeringSet } from '../steering/steeringSet';
import {
  type BrokenVectorFile,
  describeVectorFile,
  findVectors,
  type VectorFile,
  vectorName,
} from '../steering/vectorFiles';
import { provenance, STABLE_FROM, stabilityInWords } from './rows/vectorWords';

/** A row of the Vectors tree. */
export type VectorNode = VectorFile | BrokenVectorFile;

/** What a drag out of the Vectors tree carries: paths as JSON. VS Code asks for a type of this form. */
export const VECTORS_MIME = `application/vnd.code.tree.${VIEWS.vectors.toLowerCase()}`;

/** Milliseconds after the last change on the disk until the tree is drawn anew. */
const PAUSE = 300;

/** The tree of the workspace's vector files, to be dragged into the steering set. */
export class VectorsView
  implements
    vscode.TreeDataProvider<VectorNode>,
    vscode.TreeDragAndDropController<VectorNode>,
    vscode.Disposable
{
  readonly dragMimeTypes = ['text/uri-list'];
  readonly dropMimeTypes: readonly string[] = [];
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<VectorNode>;
  private readonly disposables: vscode.Disposable[];
  private pause: NodeJS.Timeout | undefined;

  constructor(private readonly set: SteeringSet) {
    const { workspace } = vscode;
    this.view = vscode.window.createTreeView<VectorNode>(VIEWS.vectors, {
      treeDataProvider: this,
      dragAndDropController: this,
      canSelectMany: true,
    });
    const watcher = workspace.createFileSystemWatcher('**/*.safetensors');
    const later = () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.changed.fire(undefined), PAUSE);
    };
    this.disposables = [
      this.view,
      this.changed,
      watcher,
      ...[watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete].map(event => event(later)),
      set.onDidChange(() => this.changed.fire(undefined)),
      workspace.onDidChangeWorkspaceFolders(later),
    ];
  }

  getChildren(node?: VectorNode): Promise<VectorNode[]> {
    return node ? Promise.resolve([]) : findVectors();
  }

  getTreeItem(node: VectorNode): vscode.TreeItem {
    const item = new vscode.TreeItem(vectorName(node.path));
    item.id = node.path;
    item.resourceUri = vscode.Uri.file(node.path);
    if ('problem' in node) {
      // The row names the file already.
      item.description = node.problem.replace(node.path, 'this');
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.tooltip = node.problem;
      item.accessibilityInformation = { label: `broken vector file ${item.label}: ${node.problem}` };
      item.contextValue = 'vector.broken';
      return item;
    }
    const active = this.set.active?.path === node.path;
    const { description } = describeVectorFile(node);
    const { splitHalfCosine } = node.metadata;
    const unstable = splitHalfCosine === null || splitHalfCosine < STABLE_FROM;
    item.description = `${active ? 'active · ' : ''}${description}${unstable ? ' · unstable' : ''}`;
    item.iconPath = new vscode.ThemeIcon(active ? 'compass-active' : 'compass');
    item.accessibilityInformation = {
      label: `${active ? 'active ' : ''}vector ${item.label}, ${description}, ${stabilityInWords(splitHalfCosine)}`,
    };
    item.contextValue = 'vector';
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: VectorNode): vscode.TreeItem {
    if ('metadata' in node) item.tooltip = vectorTooltip(node);
    return item;
  }

  handleDrag(nodes: readonly VectorNode[], data: vscode.DataTransfer): void {
    const paths = nodes.filter(node => 'metadata' in node).map(({ path }) => path);
    data.set(VECTORS_MIME, new vscode.DataTransferItem(JSON.stringify(paths)));
    const uris = paths.map(path => vscode.Uri.file(path).toString());
    data.set('text/uri-list', new vscode.DataTransferItem(uris.join('\r\n')));
  }

  dispose(): void {
    clearTimeout(this.pause);
    for (const disposable of this.disposables) disposable.dispose();
  }
}

/** The whole provenance of a vector file. */
export function vectorTooltip({ path, metadata }: VectorFile): vscode.MarkdownString {
  let date = 'unknown';
  try {
    date = statSync(path).mtime.toLocaleString();
  } catch {
    // Gone a moment ago; what it said of itself still holds.
  }
  return new vscode.MarkdownString(provenance(metadata, date));
}
