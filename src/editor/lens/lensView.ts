import * as vscode from 'vscode';
import { answer } from '../../rpc/answerer';
import { Caller } from '../../rpc/caller';
import { VIEWS } from '../ids';
import type { LensHostContract, LensPageContract } from './lensContract';
import type { LensExplorer } from './lensExplorer';
import { lensHtml } from './lensHtml';
import { webviewPort } from './webviewPort';

/**
 * The Logit Lens view. Its page is thrown away when it is hidden and made anew when it is shown: it draws the explorer's
 * snapshot and keeps nothing of its own.
 */
export class LensView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly explorer: LensExplorer,
    private readonly report: (error: unknown) => void,
  ) {
    this.registration = vscode.window.registerWebviewViewProvider(VIEWS.lens, this);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { explorer } = this;
    const { webview } = view;
    const dist = vscode.Uri.joinPath(this.extension, 'dist');
    const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    const port = webviewPort(webview);
    const page = new Page(new Caller<LensPageContract>(port), explorer, this.report);
    answer<LensHostContract>(port, {
      ready: () => page.begin(),
      select: cell => {
        explorer.select(cell);
        return null;
      },
      goTo: async ({ position }) => {
        await explorer.goTo(position);
        return null;
      },
      turn: ({ position }) => {
        explorer.turn(position);
        return null;
      },
      pin: ({ pinned }) => {
        explorer.pin(pinned);
        return null;
      },
      choose: ({ choice }) => {
        explorer.choose(choice);
        return null;
      },
      open: async () => {
        await explorer.open();
        return null;
      },
    });
    const seen = () => {
      if (!view.visible) page.end();
      explorer.setVisible(view.visible);
    };
    const listeners = [
      view.onDidChangeVisibility(seen),
      explorer.onDidChange(() => page.draw()),
      view.onDidDispose(() => {
        explorer.setVisible(false);
        page.end();
        port.end('The view was closed.');
        for (const listener of listeners) listener.dispose();
      }),
    ];
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.html = lensHtml({
      source: webview.cspSource,
      script: uri('webview-lens.js'),
      style: uri('webview-lens.css'),
    });
    seen();
  }

  dispose(): void {
    this.registration.dispose();
  }
}

/** One life of the page after another: from its "ready" until it is hidden. One snapshot is under way at a time. */
class Page {
  private life: AbortController | undefined;
  private drawing = false;
  private due = false;

  constructor(
    private readonly caller: Caller<LensPageContract>,
    private readonly explorer: LensExplorer,
    private readonly report: (error: unknown) => void,
  ) {}

  begin() {
    this.end();
    this.life = new AbortController();
    return this.explorer.snapshot;
  }

  end(): void {
    this.life?.abort();
    this.life = undefined;
    this.drawing = this.due = false;
  }

  draw(): void {
    const { life } = this;
    if (!life) return;
    this.due = this.drawing;
    if (this.drawing) return;
    this.drawing = true;
    this.caller
      .call('show', this.explorer.snapshot, { signal: life.signal })
      .catch(error => {
        if (!life.signal.aborted) this.report(error);
      })
      .finally(() => {
        if (this.life !== life) return;
        this.drawing = false;
        if (this.due) this.draw();
      });
  }
}
