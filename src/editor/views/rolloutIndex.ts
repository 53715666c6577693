import * as vscode from 'vscode';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { sameTally, tally } from '../rollout/labelTally';
import { findByEnding } from './findFiles';
import { RolloutFiles } from './rolloutFiles';
import { byOrder, orderKey } from './rows/naturalOrder';
import { ReadQueue, SLICE } from './rows/readQueue';
import type { RolloutRow } from './rows/rolloutRow';

const TEXT = '.rollout.txt';
const BESIDE = /\.rollout\.(ann|json)$/;
/** Milliseconds between two redraws while files are read, and after the last of many changes on the disk. */
const REDRAW = 400;
/** Milliseconds after the last key until counts of an open rollout are taken. */
const SETTLED = 200;

/** One thing to read: the metadata or the labels of a rollout. */
type Task = `about ${string}` | `labels ${string}`;

/**
 * The rollouts of the workspace. Their names are listed at first use; then their metadata are read, and the labels of those
 * that are asked for, a few at a time. The file watcher and the open documents (unsaved labels too) keep it true.
 */
export class RolloutIndex implements vscode.Disposable {
  private readonly byKey = new Map<string, RolloutRow>();
  private sorted: RolloutRow[] = [];
  /** Not sorted in yet. */
  private fresh: RolloutRow[] = [];
  private listing: Promise<void> | undefined;
  private watching = false;
  private readonly files = new RolloutFiles();
  private readonly queue = new ReadQueue<Task>(
    task => this.read(task),
    left => this.redraw(left === 0 ? 0 : REDRAW),
  );
  private readonly wanted = new Set<string>();
  /** Deleted on the disk, and dropped all together: a folder of thousands may go at once. */
  private readonly gone = new Set<string>();
  private readonly touched = new Set<RolloutDocument>();
  private touching: NodeJS.Timeout | undefined;
  private redrawing: { timer: NodeJS.Timeout; at: number } | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Rows came, went or changed. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];

  constructor(private readonly documents: RolloutDocuments) {
    this.disposables.push(
      documents.onDidChange(({ rollout }) => this.touch(rollout)),
      documents.onDidClose(({ document }) => {
        const key = document.uri.toString();
        // What was not saved is gone.
        if (this.byKey.has(key)) this.queue.add(this.tasksFor(key));
      }),
      // Labels may outlive their rollout's tab unsaved: what becomes of them then no watcher tells.
      ...[
        vscode.workspace.onDidCloseTextDocument(({ uri }) => this.reread(uri)),
        vscode.workspace.onDidChangeTextDocument(({ document }) => this.reread(document.uri)),
      ],
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.listing) void this.refresh();
      }),
    );
  }

  /** In natural order of their names. */
  get rows(): readonly RolloutRow[] {
    if (this.fresh.length > 0) {
      // Few among many in order: the sort sees the order and only merges.
      this.sorted = [...this.sorted, ...this.fresh.sort(byOrder)].sort(byOrder);
      this.fresh = [];
    }
    return this.sorted;
  }

  /** How many files are still to be read. */
  get left(): number {
    return this.queue.left;
  }

  /** Resolves once the names are known; the first call looks for them. */
  listed(): Promise<void> {
    this.listing ??= this.list();
    return this.listing;
  }

  /** Resolves once everything that was asked for is read. */
  async settled(): Promise<void> {
    await this.listed();
    await this.queue.idle();
  }

  /** Reads the labels of rows that have not been asked for before. */
  wantLabels(rows: Iterable<RolloutRow>): void {
    const tasks: Task[] = [];
    for (const { key } of rows) {
      if (this.wanted.has(key)) continue;
      this.wanted.add(key);
      tasks.push(`labels ${key}`);
    }
    this.queue.add(tasks);
  }

  /** Looks for rollouts anew, and reads what has another time or size than before. */
  refresh(): Promise<void> {
    // One after the other: a listing that began before a folder was added must not end after the one that saw it.
    const before = this.listing?.catch(() => {}) ?? Promise.resolve();
    this.listing = before.then(() => this.list());
    return this.listing;
  }

  dispose(): void {
    clearTimeout(this.touching);
    clearTimeout(this.redrawing?.timer);
    this.queue.clear();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async list(): Promise<void> {
    this.watch();
    // What the watcher adds meanwhile is not looked for, and stays.
    const missing = new Set(this.byKey.keys());
    const found = await findByEnding(TEXT);
    let sliceEnds = performance.now() + SLICE;
    for (const uri of found) {
      missing.delete(this.add(uri) ?? '');
      if (performance.now() < sliceEnds) continue;
      // Sorted as they come: ten thousand at once would take longer than a frame.
      void this.rows;
      await new Promise(resolve => setImmediate(resolve));
      sliceEnds = performance.now() + SLICE;
    }
    this.drop([...missing]);
    for (const rollout of this.documents.all()) this.touch(rollout);
    const abouts = this.rows.map(({ key }): Task => `about ${key}`);
    this.queue.add(abouts);
    this.queue.add([...this.wanted].map((key): Task => `labels ${key}`));
    this.redraw(0);
  }

  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    const texts = vscode.workspace.createFileSystemWatcher(`**/*${TEXT}`, false, true, false);
    const beside = vscode.workspace.createFileSystemWatcher('**/*.rollout.{ann,json}');
    this.disposables.push(
      texts,
      beside,
      texts.onDidCreate(uri => {
        const key = this.add(uri);
        if (!key) return;
        this.gone.delete(key);
        this.queue.add(this.tasksFor(key));
      }),
      texts.onDidDelete(uri => {
        this.gone.add(uri.toString());
        this.redraw(REDRAW);
      }),
      ...[beside.onDidCreate, beside.onDidChange, beside.onDidDelete].map(event =>
        event(uri => this.reread(uri)),
      ),
    );
  }

  /** A file beside a rollout changed, on the disk or in an editor. */
  private reread(uri: vscode.Uri): void {
    if (!BESIDE.test(uri.path)) return;
    const path = uri.path.replace(BESIDE, TEXT);
    const key = uri.with({ path }).toString();
    if (!this.byKey.has(key)) return;
    if (uri.path.endsWith('.json')) this.queue.add([`about ${key}`]);
    else if (this.wanted.has(key)) this.queue.add([`labels ${key}`]);
  }

  private tasksFor(key: string): Task[] {
    return this.wanted.has(key) ? [`about ${key}`, `labels ${key}`] : [`about ${key}`];
  }

  private add(uri: vscode.Uri): string | undefined {
    const file = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    if (file.length <= TEXT.length || uri.path.includes('/node_modules/')) return undefined;
    const key = uri.toString();
    if (this.byKey.has(key)) return key;
    const name = file.slice(0, -TEXT.length);
    const row = { key, name, folder: folderOf(uri), order: orderKey(name) };
    this.byKey.set(key, row);
    this.fresh.push(row);
    return key;
  }

  private drop(keys: readonly string[]): void {
    if (keys.length === 0) return;
    for (const key of keys) {
      this.byKey.delete(key);
      this.wanted.delete(key);
    }
    this.sorted = this.rows.filter(({ key }) => this.byKey.has(key));
  }

  private async read(task: Task): Promise<void> {
    const at = task.indexOf(' ');
    const key = task.slice(at + 1);
    const row = this.byKey.get(key);
    if (!row) return;
    const open = this.documents.byUri(vscode.Uri.parse(key, true));
    if (task.startsWith('about ')) row.about = await this.files.about(key);
    else if (!open) row.labels = await this.files.labels(key);
    // The document is ahead of the files; it is asked once it has read its labels.
    if (open) this.touch(open);
  }

  /** An open rollout changed: its counts and review mark are taken once it rests. */
  private touch(rollout: RolloutDocument): void {
    if (!this.listing) return;
    this.touched.add(rollout);
    clearTimeout(this.touching);
    this.touching = setTimeout(() => void this.takeTouched(), SETTLED);
  }

  private async takeTouched(): Promise<void> {
    const touched = [...this.touched];
    this.touched.clear();
    for (const { document } of touched) {
      const rollout = await this.documents.loaded(document);
      const row = this.byKey.get(document.uri.toString());
      if (!row || !rollout) continue;
      const labels = tally(rollout.spans.map(({ label }) => label));
      const { reviewed } = rollout;
      this.wanted.add(row.key);
      const same = row.labels && sameTally(row.labels, labels) && row.about?.reviewed === reviewed;
      row.labels = labels;
      if (row.about) row.about = { ...row.about, reviewed };
      if (!same) this.redraw(0);
    }
  }

  /** Fires within `delay` milliseconds, once for everything until then. */
  private redraw(delay: number): void {
    const at = performance.now() + delay;
    if (this.redrawing && this.redrawing.at <= at) return;
    clearTimeout(this.redrawing?.timer);
    const timer = setTimeout(() => {
      this.redrawing = undefined;
      this.drop([...this.gone].filter(key => this.byKey.has(key)));
      this.gone.clear();
      this.changed.fire();
    }, delay);
    this.redrawing = { timer, at };
  }
}

function folderOf(uri: vscode.Uri): string {
  const path = vscode.workspace.asRelativePath(uri);
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
