import * as vscode from 'vscode';
import type { Display } from '../decorations/display';
import type { Shading } from '../decorations/shading';
import { rangeOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COMMANDS, DIAGNOSTIC_SOURCE, LANGUAGE } from '../ids';
import { hoverTextAt } from '../rollout/hoverText';
import { foldingOf } from '../rollout/outline';
import { registerCodeLenses } from './codeLenses';
import { registerOutline } from './outlineProvider';

/** Outline, folding, code lens, hover and quick fixes of rollouts; all ask the documents' cache. */
export function registerLanguageFeatures(
  documents: RolloutDocuments,
  source: TokenizerSource,
  display: Display,
  shading: Shading,
): vscode.Disposable[] {
  const { languages } = vscode;
  return [
    registerOutline(documents),
    ...registerCodeLenses(documents, display, shading),
    languages.registerFoldingRangeProvider(LANGUAGE, {
      provideFoldingRanges: document => {
        const rollout = documents.of(document);
        if (!rollout?.rollout) return [];
        return foldingOf(rollout.text, rollout.rollout)
          .map(({ start, end }) => [document.positionAt(start).line, lastLine(document, end)])
          .filter(([first, last]) => last > first)
          .map(([first, last]) => new vscode.FoldingRange(first, last));
      },
    }),
    languages.registerHoverProvider(LANGUAGE, {
      provideHover: (document, position) => {
        const rollout = documents.of(document);
        if (!rollout?.rollout) return undefined;
        const tokens = rollout.tokensOf(source.current, false);
        const offset = document.offsetAt(position);
        const found = hoverTextAt(
          offset,
          rollout.text,
          rollout.spans,
          tokens,
          display.windowOf(document.uri),
          shading.of(rollout)?.at(offset),
        );
        if (!found) return undefined;
        const shown = new vscode.MarkdownString(found.lines.join('\n\n'));
        return new vscode.Hover(shown, rangeOf(document, found.range));
      },
    }),
    languages.registerCodeActionsProvider(
      [LANGUAGE, { pattern: '**/*.ann' }],
      { provideCodeActions: (document, _range, context) => fixes(document, context) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  ];
}

function fixes(
  document: vscode.TextDocument,
  { diagnostics }: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const ours = diagnostics.filter(({ source }) => source === DIAGNOSTIC_SOURCE);
  const fix = (code: string, title: string, command: string) => {
    const solved = ours.filter(diagnostic => diagnostic.code === code);
    if (solved.length === 0) return [];
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { title, command, arguments: [document.uri] };
    action.diagnostics = solved;
    return [action];
  };
  return [
    ...fix('moved', 'Write the labels where they stand now', COMMANDS.writeMovedLabels),
    ...fix('lost', 'Remove the labels whose text is gone', COMMANDS.removeLostLabels),
  ];
}

/** The line that ends at an offset; the line break that a part ends with is not part of the fold. */
function lastLine(document: vscode.TextDocument, end: number): number {
  const { line, character } = document.positionAt(end);
  return character === 0 ? line - 1 : line;
}
