import * as vscode from 'vscode';
import type { CheckResult } from '../../model/contract';
import type { Which } from './modelPair';

const SCHEME = 'doubletake-check';

/** The results of the last check of each model as a read-only document, which grows as they come. */
export class CheckReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Shows a report that begins with `title`; gives what adds lines to it. */
  async begin(which: Which, title: string): Promise<(line: string) => void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/Check of the ${which} model` });
    const add = (line: string) => {
      this.texts.set(uri.path, `${this.texts.get(uri.path)}${line}\n`);
      this.changed.fire(uri);
    };
    this.texts.set(uri.path, '');
    add(title);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
    return add;
  }

  /** The lines so far. */
  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.texts.get(path) ?? '';
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** One result as a line: the mark, what was checked, what was measured. */
export function resultLine({ name, passed, detail }: CheckResult): string {
  return `${passed ? '✓' : '✗'} ${name}: ${detail}`;
}

/** The last line of a report. */
export function summaryLine(results: readonly CheckResult[], seconds: number): string {
  const failed = results.filter(({ passed }) => !passed);
  const took = `${seconds.toFixed(1)} s`;
  if (failed.length === 0) return `All ${results.length} checks passed (${took}).`;
  const names = failed.map(({ name }) => name).join('; ');
  return `${failed.length} of ${results.length} checks failed (${took}): ${names}.`;
}
