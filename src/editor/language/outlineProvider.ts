import * as vscode from 'vscode';
import { rangeOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { LANGUAGE } from '../ids';
import { type OutlineEntry, outlineOf } from '../rollout/outline';

/** Milliseconds after the last label until the outline shows it. */
const PAUSE = 200;

const KINDS: Record<OutlineEntry['kind'], vscode.SymbolKind> = {
  prompt: vscode.SymbolKind.Interface,
  reasoning: vscode.SymbolKind.Namespace,
  answer: vscode.SymbolKind.Event,
  sentence: vscode.SymbolKind.String,
};

/**
 * The outline of rollouts, and with it the breadcrumbs. The editor keeps an outline as long as the text is the same, and a
 * provider cannot say that it changed: registering it anew can.
 */
export function registerOutline(documents: RolloutDocuments): vscode.Disposable {
  const register = () =>
    vscode.languages.registerDocumentSymbolProvider(LANGUAGE, {
      provideDocumentSymbols: async document => {
        const rollout = await documents.loaded(document);
        if (!rollout?.rollout) return [];
        return outlineOf(rollout.text, rollout.rollout, rollout.spans).map(entry => symbol(document, entry));
      },
    });
  let registered = register();
  let timer: NodeJS.Timeout | undefined;
  const listener = documents.onDidChange(({ change }) => {
    if (change !== 'labels') return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      registered.dispose();
      registered = register();
    }, PAUSE);
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    listener.dispose();
    registered.dispose();
  });
}

function symbol(document: vscode.TextDocument, entry: OutlineEntry): vscode.DocumentSymbol {
  const range = rangeOf(document, entry);
  const start = new vscode.Range(range.start, range.start);
  const made = new vscode.DocumentSymbol(entry.name, entry.detail, KINDS[entry.kind], range, start);
  made.children = entry.children.map(child => symbol(document, child));
  return made;
}
