import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';

/** Milliseconds after the last event until it is told: one write gives several. */
const SETTLED = 200;

/** Tells that one of some files, wherever they are, was written, made or deleted. */
export class FileWatch implements vscode.Disposable {
  private readonly watchers = new Map<string, vscode.Disposable>();
  private due: NodeJS.Timeout | undefined;

  constructor(private readonly changed: () => void) {}

  /** Watches these files and no others. */
  watch(paths: readonly string[]): void {
    for (const [path, watcher] of this.watchers) {
      if (paths.includes(path)) continue;
      watcher.dispose();
      this.watchers.delete(path);
    }
    for (const path of paths) if (!this.watchers.has(path)) this.watchers.set(path, this.begin(path));
  }

  dispose(): void {
    clearTimeout(this.due);
    this.watch([]);
  }

  private begin(path: string): vscode.Disposable {
    const name = basename(path).replace(/[[\]{}*?]/g, '?');
    const folder = vscode.Uri.file(dirname(path));
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
    const tell = () => {
      clearTimeout(this.due);
      this.due = setTimeout(this.changed, SETTLED);
    };
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) event(tell);
    return watcher;
  }
}
