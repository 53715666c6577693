import * as vscode from 'vscode';

const SCHEME = 'doubletake-completion';
// Ten times a second reads as streaming and leaves the diff editor time to compare.
const REFRESH_MS = 100;

/** A completion that grows while it is read: a read-only document of its own. */
export interface Completion {
  uri: vscode.Uri;
  append(text: string): void;
}

/** Documents that hold completions as they stream. */
export class Completions implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly due = new Map<string, NodeJS.Timeout>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === SCHEME) this.texts.delete(uri.path);
      }),
    ];
  }

  /** A new document that begins with `text`. */
  begin(name: string, text: string): Completion {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.count}/${name}.rollout.txt` });
    this.texts.set(uri.path, text);
    return {
      uri,
      append: more => {
        this.texts.set(uri.path, (this.texts.get(uri.path) ?? '') + more);
        if (this.due.has(uri.path)) return;
        const refresh = () => {
          this.due.delete(uri.path);
          this.changed.fire(uri);
        };
        this.due.set(uri.path, setTimeout(refresh, REFRESH_MS));
      },
    };
  }

  /** The text as far as it has come. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  dispose(): void {
    for (const timer of this.due.values()) clearTimeout(timer);
    for (const registration of this.registrations) registration.dispose();
    this.changed.dispose();
  }
}
