import * as vscode from 'vscode';
import { CONTEXT_KEYS, VIEWS } from '../ids';
import type { RolloutIndex } from './rolloutIndex';
import { idOf, itemOf, type RolloutNode, rolloutTooltip } from './rolloutItems';
import { describeFilter, filterRows, isFiltering, type RolloutFilter, SHOW_ALL } from './rows/rolloutFilter';
import { byCategory, inRanges, repeatedNames } from './rows/rolloutGroups';
import { type RolloutRow, totalsOf } from './rows/rolloutRow';
import { counted } from './rows/rolloutWords';

/** Milliseconds that a first look waits for what is being read, so that a small folder is drawn once and whole. */
const PATIENCE = 250;
/** Up to so many rollouts, labels are counted without being asked for: a second's reading. */
const SMALL = 1000;
/** Up to so many rollouts, as much as a side bar shows, categories begin opened. */
const FEW = 50;

/** The tree of rollouts by category, narrowed by a filter. */
export class RolloutsView implements vscode.TreeDataProvider<RolloutNode>, vscode.Disposable {
  private current: RolloutFilter = SHOW_ALL;
  private drawn = false;
  private readonly seen = new WeakSet<RolloutRow>();
  private readonly changed = new vscode.EventEmitter<RolloutNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<RolloutNode>;
  private readonly listener: vscode.Disposable;

  constructor(private readonly index: RolloutIndex) {
    this.view = vscode.window.createTreeView(VIEWS.rollouts, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.listener = index.onDidChange(() => this.draw());
  }

  /** What is shown. */
  get filter(): RolloutFilter {
    return this.current;
  }

  /** Shows other rollouts. */
  setFilter(filter: RolloutFilter): void {
    this.current = filter;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.rolloutsFiltered, isFiltering(filter));
    if (filter.labels.length > 0) this.index.wantLabels(this.index.rows);
    this.draw();
  }

  /** The rollouts that fit the filter, in order. */
  shown(): readonly RolloutRow[] {
    return filterRows(this.index.rows, this.current);
  }

  getTreeItem(node: RolloutNode): vscode.TreeItem {
    return itemOf(node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: RolloutNode): vscode.TreeItem {
    if (node.kind === 'rollout') item.tooltip = rolloutTooltip(node.row);
    return item;
  }

  async getChildren(node?: RolloutNode): Promise<RolloutNode[]> {
    if (!node) return this.top();
    if (node.kind === 'rollout') return [];
    const nodes = node.kind === 'range' ? [...node.items] : this.rolloutsOf(node);
    const rows = nodes.flatMap(child => (child.kind === 'rollout' ? [child.row] : []));
    this.index.wantLabels(rows);
    // Only at the first look: what comes later is drawn when it comes.
    if (rows.some(row => !row.labels && !this.seen.has(row))) await this.patience();
    for (const row of rows) this.seen.add(row);
    return nodes;
  }

  dispose(): void {
    this.listener.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  private async top(): Promise<RolloutNode[]> {
    await this.index.listed();
    const { rows } = this.index;
    if (rows.length <= SMALL) this.index.wantLabels(rows);
    if (this.index.left > 0 && !this.drawn) await this.patience();
    this.drawn = true;
    this.tell();
    const shown = this.shown();
    const opened = shown.length <= FEW;
    const nodes = byCategory(shown).map(
      ({ category, rows }): RolloutNode => ({ kind: 'category', category, rows, opened }),
    );
    return ranged(nodes, 'categories');
  }

  private rolloutsOf(node: RolloutNode & { kind: 'category' }): RolloutNode[] {
    const repeated = repeatedNames(node.rows);
    const nodes = node.rows.map(
      (row): RolloutNode => ({ kind: 'rollout', row, showFolder: repeated.has(row.name) }),
    );
    return ranged(nodes, idOf(node));
  }

  private patience(): Promise<void> {
    const enough = new Promise<void>(resolve => setTimeout(resolve, PATIENCE));
    return Promise.race([this.index.settled(), enough]);
  }

  private draw(): void {
    this.tell();
    this.changed.fire(undefined);
  }

  /** What stands beside and below the title: how many, what is left out, what is still being read. */
  private tell(): void {
    const { rows, left } = this.index;
    const filtering = isFiltering(this.current);
    const shown = this.shown();
    const { rollouts, reviewed } = totalsOf(rows);
    this.view.description = filtering
      ? `${describeFilter(this.current)}: ${shown.length.toLocaleString('en')} of ${rollouts.toLocaleString('en')}`
      : rollouts > 0
        ? `${counted(rollouts, 'rollout')}, ${reviewed.toLocaleString('en')} reviewed`
        : undefined;
    const unread = rows.length > SMALL && left > 0;
    // Without a message an empty tree shows its welcome, which would say that there are no rollouts.
    this.view.message = unread
      ? `Reading ${counted(left, 'file')} …`
      : filtering && shown.length === 0 && rows.length > 0
        ? 'No rollout fits the filter.'
        : undefined;
  }
}

function ranged(nodes: RolloutNode[], id: string): RolloutNode[] {
  const ranges = inRanges(nodes);
  return ranges ? ranges.map(range => ({ kind: 'range', id: `${id} from ${range.from}`, ...range })) : nodes;
}
