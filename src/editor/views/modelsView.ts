import * as vscode from 'vscode';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COMMANDS, VIEWS } from '../ids';
import { type ModelPair, WHICH, type Which } from '../models/modelPair';
import type { ModelState } from '../models/runningModel';
import { type FactRow, factRows, modelTooltip, stateText } from './modelRows';

/** Milliseconds between two looks at the memory, while the view is seen. */
const MEASURE_EVERY = 3000;

/** A row of the tree: a model (commands take it as their request), one of its facts, or the tokenizer. */
type Row = { which: Which; fact?: FactRow; index?: number } | { tokenizer: true };

const ICONS: Record<ModelState, vscode.ThemeIcon> = {
  closed: new vscode.ThemeIcon('circle-outline'),
  opening: new vscode.ThemeIcon('loading~spin'),
  open: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
};

/** The models in the side bar: what they are, where they run and why, and their memory as long as somebody looks. */
export class ModelsView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Row>;
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pair: ModelPair,
    private readonly source: TokenizerSource,
  ) {
    this.view = vscode.window.createTreeView(VIEWS.models, { treeDataProvider: this });
    const update = () => {
      if (this.view.visible) this.changed.fire();
    };
    this.listeners = [
      this.view,
      this.view.onDidChangeVisibility(() => this.look()),
      pair.onDidChange(update),
      pair.onDidMeasure(update),
      source.onDidChange(update),
    ];
    this.look();
  }

  getChildren(row?: Row): Row[] {
    if (!row) return [...WHICH.map(which => ({ which })), { tokenizer: true }];
    if ('tokenizer' in row || row.fact) return [];
    return factRows(this.pair.status(row.which)).map((fact, index) => ({ which: row.which, fact, index }));
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if ('tokenizer' in row) return this.tokenizerItem();
    return row.fact ? factItem(`${row.which}.${row.index}`, row.fact) : this.modelItem(row.which);
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private modelItem(which: Which): vscode.TreeItem {
    const status = this.pair.status(which);
    const { state, info } = status;
    const trusted = vscode.workspace.isTrusted;
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const name = which === 'base' ? 'Base model' : 'Reasoning model';
    const item = new vscode.TreeItem(name, trusted ? Collapsed : None);
    item.id = which;
    item.description = stateText(status, trusted);
    item.iconPath = info?.fellBack
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : ICONS[state];
    item.contextValue =
      state === 'open' ? 'model.open' : state === 'failed' ? 'model.failed' : 'model.closed';
    const tooltip = new vscode.MarkdownString(modelTooltip(status, trusted), true);
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `${name}: ${item.description}` };
    if (!trusted) item.command = { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' };
    else if (state === 'closed' || state === 'failed')
      item.command = { title: 'Open Model', command: COMMANDS.openModel, arguments: [{ which }] };
    return item;
  }

  private tokenizerItem(): vscode.TreeItem {
    const { current, problem, folder } = this.source;
    const item = new vscode.TreeItem('Tokenizer');
    item.id = 'tokenizer';
    item.description = problem ? 'cannot be opened' : (current?.name ?? 'opened with the first rollout');
    item.iconPath = new vscode.ThemeIcon(problem ? 'warning' : 'symbol-key');
    item.tooltip = problem ?? `Windows are counted in its tokens: ${folder}`;
    item.command = { title: 'Choose Tokenizer', command: COMMANDS.chooseTokenizer };
    return item;
  }

  private look(): void {
    clearInterval(this.timer);
    if (!this.view.visible) return;
    this.changed.fire();
    void this.pair.measure();
    this.timer = setInterval(() => void this.pair.measure(), MEASURE_EVERY);
  }
}

function factItem(id: string, { name, value, tooltip }: FactRow): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  // By its place: a value that changes must not make another row of it.
  item.id = id;
  item.description = value;
  item.tooltip = tooltip ?? value;
  return item;
}
