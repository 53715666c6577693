import * as vscode from 'vscode';
import { COMPLETION_SCHEME } from '../ids';
import type { SteeredCompletion } from './saveCompletion';

// Ten times a second reads as streaming and leaves the diff editor time to compare.
const REFRESH_MS = 100;

/** A text that grows while it is read: a read-only document of its own. */
export interface Completion {
  uri: vscode.Uri;
  /** Makes the text another one; a function is asked when the document is next drawn. */
  show(text: string | (() => string)): void;
  /** Adds to the end. */
  append(text: string): void;
  /** Aborted when no tab shows the document any more. */
  closed: AbortSignal;
  /** What it would be saved as; undefined for what is no rollout. */
  steered?: SteeredCompletion;
}

interface Held extends Completion {
  text: string | (() => string);
  close: AbortController;
}

/** Documents that hold completions as they stream. */
export class Completions implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly held = new Map<string, Held>();
  private readonly due = new Map<string, NodeJS.Timeout>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(COMPLETION_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        // Another language closes a document too, and opens it again at once.
        if (uri.scheme === COMPLETION_SCHEME) setTimeout(() => this.forget(uri));
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const uri of closed.flatMap(completionsIn)) if (!isShown(uri)) this.of(uri)?.close.abort();
      }),
    ];
  }

  /** A new document that begins with `text`; `name` with its ending is what the tab is called. */
  begin(name: string, text: string): Completion {
    const uri = vscode.Uri.from({ scheme: COMPLETION_SCHEME, path: `/${++this.count}/${name}` });
    const close = new AbortController();
    const held: Held = {
      uri,
      text,
      close,
      closed: close.signal,
      show: shown => {
        held.text = shown;
        this.refresh(uri);
      },
      append: more => held.show(textOf(held) + more),
    };
    this.held.set(uri.path, held);
    return held;
  }

  /** The completion of a document. */
  of(uri: vscode.Uri): Held | undefined {
    return uri.scheme === COMPLETION_SCHEME ? this.held.get(uri.path) : undefined;
  }

  /** The text as far as it has come. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    const held = this.of(uri);
    return held ? textOf(held) : 'This completion was not saved before the window was closed.';
  }

  dispose(): void {
    for (const timer of this.due.values()) clearTimeout(timer);
    for (const { close } of this.held.values()) close.abort();
    for (const registration of this.registrations) registration.dispose();
    this.changed.dispose();
  }

  private refresh(uri: vscode.Uri): void {
    if (this.due.has(uri.path)) return;
    const fire = () => {
      this.due.delete(uri.path);
      this.changed.fire(uri);
    };
    this.due.set(uri.path, setTimeout(fire, REFRESH_MS));
  }

  private forget(uri: vscode.Uri): void {
    if (vscode.workspace.textDocuments.some(open => open.uri.toString() === uri.toString())) return;
    this.of(uri)?.close.abort();
    this.held.delete(uri.path);
  }
}

const textOf = ({ text }: Held) => (typeof text === 'string' ? text : text());

/** Closes the tabs of a document. */
export async function closeTabs(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
  const own = tabs.filter(tab => completionsIn(tab).some(shown => shown.toString() === uri.toString()));
  if (own.length > 0) await vscode.window.tabGroups.close(own);
}

function isShown(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs.flatMap(completionsIn))
    .some(shown => shown.toString() === uri.toString());
}

function completionsIn({ input }: vscode.Tab): vscode.Uri[] {
  const uris =
    input instanceof vscode.TabInputText
      ? [input.uri]
      : input instanceof vscode.TabInputTextDiff
        ? [input.original, input.modified]
        : [];
  return uris.filter(({ scheme }) => scheme === COMPLETION_SCHEME);
}
