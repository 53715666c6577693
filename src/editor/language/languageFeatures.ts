import * as vscode from 'vscode';
import { LABELS } from '../../core/labels';
import { LABEL_STYLES } from '../decorations/decorationTypes';
import type { Display } from '../decorations/display';
import { rangeOf } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COMMANDS, COMPLETION_SCHEME, DIAGNOSTIC_SOURCE, LANGUAGE, SETTINGS } from '../ids';
import { KEYWORD_JUDGE } from '../labelling/judge';
import { labelCounts } from '../rollout/backtrackings';
import { hoverTextAt, setting as settingText } from '../rollout/hoverText';
import { foldingOf } from '../rollout/outline';
import { setting } from '../settings';
import { registerOutline } from './outlineProvider';

/** Outline, folding, code lens, hover and quick fixes of rollouts; all ask the documents' cache. */
export function registerLanguageFeatures(
  documents: RolloutDocuments,
  source: TokenizerSource,
  display: Display,
): vscode.Disposable[] {
  const { languages } = vscode;
  const lenses = new vscode.EventEmitter<void>();
  return [
    lenses,
    documents.onDidChange(() => lenses.fire()),
    display.onDidChange(() => lenses.fire()),
    registerOutline(documents),
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
    languages.registerCodeLensProvider(LANGUAGE, {
      onDidChangeCodeLenses: lenses.event,
      provideCodeLenses: async document => {
        const rollout = await documents.loaded(document);
        if (!rollout?.rollout || setting<boolean>(SETTINGS.codeLens, document.uri) === false) return [];
        const top = new vscode.Range(0, 0, 0, 0);
        const lens = (title: string, command: string, tooltip: string, ...given: unknown[]) =>
          new vscode.CodeLens(top, { title, command, tooltip, arguments: given });
        const counted = labelCounts(rollout.spans, LABELS);
        const names = counted.map(({ label, count }) => `${count} ${label}`).join(', ');
        const markOf = (name: string) => LABEL_STYLES.find(({ label }) => label === name)?.mark ?? `${name} `;
        const counts = counted.map(({ label, count }) => `${markOf(label)}${count}`);
        const window = settingText(display.windowOf(document.uri));
        if (document.uri.scheme === COMPLETION_SCHEME)
          return [
            lens(
              'Save as rollout',
              COMMANDS.saveCompletion,
              'Write this completion as a rollout of its own',
              document.uri,
            ),
            lens(
              `labels by the keyword rules: ${counts.join(' ')}`,
              COMMANDS.toggleLabels,
              `${names}. Show or hide all labels`,
            ),
          ];
        return [
          lens(
            `▇ window (${window})`,
            COMMANDS.setWindow,
            'Green: the tokens whose activations are read. Set offset and length',
          ),
          lens(
            '▢ backtracking start',
            COMMANDS.nextBacktracking,
            'Outlined in red, with an icon beside the line. Go to the next one',
          ),
          counts.length > 0
            ? lens(
                `${rollout.spans.length} labels: ${counts.join(' ')}`,
                COMMANDS.toggleLabels,
                `${names}. Show or hide all labels`,
              )
            : lens(
                'no labels: label with the keyword judge',
                COMMANDS.labelWithJudge,
                'Label every sentence by its opening words',
                { judge: KEYWORD_JUDGE.id, scope: 'rollout', how: 'fill' },
              ),
          lens(
            '▶ steer from the cursor',
            COMMANDS.compareSteered,
            'Continue from the cursor, unsteered and steered side by side',
          ),
          lens(
            rollout.reviewed ? '☑ reviewed' : '☐ not reviewed',
            COMMANDS.toggleReviewed,
            'Whether a person has checked the labels',
          ),
        ];
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
