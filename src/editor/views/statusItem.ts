import * as vscode from 'vscode';
import { LABELS } from '../../core/labels';
import { LABEL_STYLES, SHADE_COLORS } from '../decorations/decorationTypes';
import type { Display } from '../decorations/display';
import type { Shading } from '../decorations/shading';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COLORS, COMMANDS, STATUS_ITEM } from '../ids';
import type { AnnotationMode } from '../labelling/annotationMode';
import { labelCounts } from '../rollout/backtrackings';
import { setting } from '../rollout/hoverText';
import { escapeMarkdown } from '../rollout/markdown';

/** The one status bar item: windows and labels of the active rollout; its tooltip is the legend, with links. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    STATUS_ITEM,
    vscode.StatusBarAlignment.Right,
    100,
  );
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly source: TokenizerSource,
    private readonly display: Display,
    private readonly mode: AnnotationMode,
    private readonly shading: Shading,
  ) {
    this.item.name = 'Doubletake';
    this.item.command = COMMANDS.toggleAnnotationMode;
    const update = () => this.update();
    this.listeners = [
      documents.onDidChange(({ change }) => {
        if (change !== 'text') update();
      }),
      source.onDidChange(update),
      display.onDidChange(update),
      shading.onDidChange(update),
      mode.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.workspace.onDidOpenTextDocument(update),
    ];
    update();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const rollout = document && this.documents.of(document);
    if (!rollout) {
      this.item.hide();
      return;
    }
    const { offset, length } = this.display.windowOf(rollout.document.uri);
    const { problem } = this.source;
    const count = rollout.spans.length;
    const icon = problem ? '$(warning)' : this.mode.active ? '$(edit)' : '$(history)';
    const state = problem ? 'no tokenizer' : `${offset < 0 ? `−${-offset}` : offset}, ${length}`;
    this.item.text = `${icon} ${state} · ${count} label${count === 1 ? '' : 's'}${this.mode.active ? ' · annotating' : ''}`;
    this.item.accessibilityInformation = {
      label: `Doubletake: window ${setting({ offset, length })}, ${count} labels${this.mode.active ? ', annotation mode' : ''}`,
    };
    this.item.tooltip = this.tooltip(rollout);
    this.item.show();
  }

  private tooltip(rollout: RolloutDocument): vscode.MarkdownString {
    const text = new vscode.MarkdownString('', true);
    text.supportHtml = true;
    const links = [
      COMMANDS.setWindow,
      COMMANDS.shadeTokens,
      COMMANDS.toggleLabels,
      COMMANDS.toggleTokenBoundaries,
      COMMANDS.toggleAnnotationMode,
      COMMANDS.chooseTokenizer,
      COMMANDS.showAnnotationKeys,
      COMMANDS.showLog,
    ];
    text.isTrusted = { enabledCommands: links };
    const window = setting(this.display.windowOf(rollout.document.uri));
    const counts = new Map(labelCounts(rollout.spans, LABELS).map(({ label, count }) => [label, count]));
    const known = LABEL_STYLES.filter(({ label }) => label !== '');
    const others = [...counts].filter(([label]) => !known.some(style => style.label === label));
    const { current, problem } = this.source;
    const tokenizer = problem
      ? `$(warning) ${escapeMarkdown(problem)}`
      : current
        ? escapeMarkdown(current.name)
        : 'is being opened';
    text.appendMarkdown(
      [
        '**Doubletake**\n',
        `${swatch(this.shading.of(rollout) ? '⬚' : '▇', COLORS.rulerWindow)} window: ${window} · [set](command:${COMMANDS.setWindow})\n`,
        `${swatch('▢', COLORS.backtrackingBorder)} first tokens of a backtracking sentence\n`,
        `${this.shadingLegend(rollout)}\n`,
        ...known.map(
          ({ label, color, mark, line }) =>
            `${swatch(mark, color)} ${label} (${line}): ${counts.get(label) ?? 0}\n`,
        ),
        ...others.map(
          ([label, count]) => `${swatch('○', COLORS.otherLabel)} ${escapeMarkdown(label)}: ${count}\n`,
        ),
        `Tokenizer: ${tokenizer} · [choose](command:${COMMANDS.chooseTokenizer})\n`,
        [
          `[${this.display.labelsShown ? 'Hide' : 'Show'} all labels](command:${COMMANDS.toggleLabels})`,
          `[${this.display.tokenBoundariesShown ? 'Hide' : 'Show'} token boundaries](command:${COMMANDS.toggleTokenBoundaries})`,
          `[${this.mode.active ? 'Leave annotation mode' : 'Annotate'}](command:${COMMANDS.toggleAnnotationMode})`,
          `[Keys](command:${COMMANDS.showAnnotationKeys})`,
          `[Log](command:${COMMANDS.showLog})`,
        ].join(' · '),
      ].join('\n'),
    );
    return text;
  }

  private shadingLegend(rollout: RolloutDocument): string {
    const shaded = this.shading.of(rollout);
    if (!shaded)
      return `[Shade tokens](command:${COMMANDS.shadeTokens}) by projection, surprisal or KL divergence`;
    const steps = SHADE_COLORS.map(([above]) => swatch('▇', above)).join('');
    const below = SHADE_COLORS.map(([, id]) => swatch('▇', id)).reverse();
    const colors = shaded.kind === 'projection' ? `${below.join('')} ${steps}` : steps;
    return `${colors} ${escapeMarkdown(shaded.legend)} · [change](command:${COMMANDS.shadeTokens})`;
  }
}

function swatch(mark: string, color: string): string {
  return `<span style="color:var(--vscode-${color.replaceAll('.', '-')});">${mark}</span>`;
}
