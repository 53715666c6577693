import * as vscode from 'vscode';
import { LABELS } from '../../core/labels';
import { LABEL_STYLES, SHADE_COLORS } from '../decorations/decorationTypes';
import type { Display } from '../decorations/display';
import type { Shading } from '../decorations/shading';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { COLORS, COMMANDS, STATUS_ITEM, VIEWS } from '../ids';
import type { AnnotationMode } from '../labelling/annotationMode';
import { commandLink } from '../models/commandLink';
import { type ModelPair, type ModelStatus, WHICH, type Which } from '../models/modelPair';
import { labelCounts } from '../rollout/backtrackings';
import { setting, shortSetting } from '../rollout/hoverText';
import { escapeMarkdown } from '../rollout/markdown';
import { isWarning, modelLines, modelsText } from './statusText';

/** Milliseconds between two looks at the models' memory, while one is open. */
const MEASURE_EVERY = 15_000;

/**
 * The one status bar item: windows and labels of the active rollout, and the models as soon as one was asked for. Its
 * tooltip is the legend and the control panel.
 */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    STATUS_ITEM,
    vscode.StatusBarAlignment.Right,
    100,
  );
  private readonly listeners: vscode.Disposable[];
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly documents: RolloutDocuments,
    private readonly source: TokenizerSource,
    private readonly display: Display,
    private readonly mode: AnnotationMode,
    private readonly pair: ModelPair,
    private readonly shading: Shading,
  ) {
    this.item.name = 'Doubletake';
    const update = () => this.update();
    this.listeners = [
      documents.onDidChange(({ change }) => {
        if (change !== 'text') update();
      }),
      source.onDidChange(update),
      display.onDidChange(update),
      shading.onDidChange(update),
      mode.onDidChange(update),
      pair.onDidChange(update),
      pair.onDidMeasure(update),
      pair.activity.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.workspace.onDidOpenTextDocument(update),
    ];
    this.timer = setInterval(() => {
      if (vscode.window.state.focused) void pair.measure();
    }, MEASURE_EVERY);
    update();
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const rollout = document && this.documents.of(document);
    const statuses = WHICH.map(which => this.pair.status(which));
    const models = modelsText(statuses, this.pair.activity.current);
    if (!rollout && !models) {
      this.item.hide();
      return;
    }
    this.item.text = [rollout && this.rolloutText(rollout), models].filter(part => part).join(' · ');
    if (!rollout && !models.startsWith('$(')) this.item.text = `$(history) ${models}`;
    this.item.command = rollout ? COMMANDS.toggleAnnotationMode : `${VIEWS.models}.focus`;
    this.item.backgroundColor = isWarning(statuses)
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    const spoken = [rollout && this.spoken(rollout), models.replace(/\$\(.*?\) ?/g, '')];
    this.item.accessibilityInformation = {
      label: `Doubletake: ${spoken.filter(part => part).join(', ')}`,
    };
    this.item.tooltip = this.tooltip(rollout, statuses);
    this.item.show();
  }

  private rolloutText(rollout: RolloutDocument): string {
    const { problem } = this.source;
    const icon = problem ? '$(warning)' : this.mode.active ? '$(edit)' : '$(history)';
    const state = problem ? 'no tokenizer' : shortSetting(this.display.windowOf(rollout.document.uri));
    return `${icon} ${state} · ${countOf(rollout)}${this.mode.active ? ' · annotating' : ''}`;
  }

  private spoken(rollout: RolloutDocument): string {
    const window = setting(this.display.windowOf(rollout.document.uri));
    return `window ${window}, ${countOf(rollout)}${this.mode.active ? ', annotation mode' : ''}`;
  }

  private tooltip(
    rollout: RolloutDocument | undefined,
    statuses: readonly ModelStatus[],
  ): vscode.MarkdownString {
    const text = new vscode.MarkdownString('', true);
    text.supportHtml = true;
    text.isTrusted = { enabledCommands: LINKS };
    text.appendMarkdown(
      [
        '**Doubletake**\n',
        ...(rollout ? this.legend(rollout) : []),
        '---\n',
        ...modelLines(statuses, vscode.workspace.isTrusted, modelLink).map(line => `${line}\n`),
        [
          `Provider: ${this.pair.provider} · [choose](command:${COMMANDS.chooseProvider})`,
          `[Another model](command:${COMMANDS.openModel})`,
          `[Models](command:${VIEWS.models}.focus)`,
          `[Settings](command:workbench.action.openSettings?${encodeURIComponent('"@ext:doubletake.doubletake"')})`,
          `[Log](command:${COMMANDS.showLog})`,
        ].join(' · '),
      ].join('\n'),
    );
    return text;
  }

  private legend(rollout: RolloutDocument): string[] {
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
    return [
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
      ].join(' · ') + '\n',
    ];
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

/** Commands that the tooltip may run. */
const LINKS = [
  COMMANDS.setWindow,
  COMMANDS.toggleLabels,
  COMMANDS.toggleTokenBoundaries,
  COMMANDS.toggleAnnotationMode,
  COMMANDS.chooseTokenizer,
  COMMANDS.showAnnotationKeys,
  COMMANDS.shadeTokens,
  COMMANDS.openModel,
  COMMANDS.closeModel,
  COMMANDS.checkModel,
  COMMANDS.chooseProvider,
  COMMANDS.showLog,
  `${VIEWS.models}.focus`,
  'workbench.action.openSettings',
];

const ACTS = { open: COMMANDS.openModel, close: COMMANDS.closeModel, check: COMMANDS.checkModel };

function modelLink(title: string, act: keyof typeof ACTS, which: Which): string {
  return `[${title}](${commandLink(ACTS[act], { which })})`;
}

function countOf({ spans }: RolloutDocument): string {
  return `${spans.length} label${spans.length === 1 ? '' : 's'}`;
}

function swatch(mark: string, color: string): string {
  return `<span style="color:var(--vscode-${color.replaceAll('.', '-')});">${mark}</span>`;
}
