import type * as vscode from 'vscode';
import type { Message, Port } from '../../rpc/messages';

/** The link to a webview's page; `end` closes it, which rejects what is pending. */
export function webviewPort(webview: vscode.Webview): Port & { end(reason: string): void } {
  const closing: ((reason: string) => void)[] = [];
  const listening: vscode.Disposable[] = [];
  return {
    post: message => void webview.postMessage(message),
    onMessage: listener => {
      listening.push(webview.onDidReceiveMessage(message => listener(message as Message)));
    },
    onClose: listener => closing.push(listener),
    end: reason => {
      for (const listener of closing) listener(reason);
      for (const registration of listening) registration.dispose();
    },
  };
}
