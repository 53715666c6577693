import * as vscode from 'vscode';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import {
  backtrackingRanges,
  labelRanges,
  tokenStarts,
  type WindowSetting,
  wordStarts,
} from '../rollout/decorationRanges';
import type { OffsetRange } from '../rollout/rolloutTokens';
import type { DecorationTypes } from './decorationTypes';
import type { Display } from './display';
import type { Shading } from './shading';

/** Characters beyond what is visible that are decorated with it, so that scrolling finds them there. */
const MARGIN = 3000;
/** Milliseconds: between an edit and its decorations; a whole text's tokens; a slice of work in the background. */
const SOON = 16;
const WHOLE = 400;
const SLICE = 8;

/** Draws the open rollouts: what is visible at once, the rest (for the overview ruler) in slices in between. */
export class Decorator implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly decorated = new WeakSet<vscode.TextEditor>();
  private readonly drawn = new vscode.EventEmitter<vscode.Uri>();
  /** Everything of a rollout is drawn. */
  readonly onDidDraw = this.drawn.event;

  constructor(
    private readonly types: DecorationTypes,
    private readonly documents: RolloutDocuments,
    private readonly source: TokenizerSource,
    private readonly display: Display,
    private readonly shading: Shading,
    private readonly report: (error: unknown) => void,
  ) {
    const { window } = vscode;
    this.listeners = [
      this.drawn,
      documents.onDidChange(({ rollout, change }) => {
        if (change !== 'review') this.schedule(rollout, change === 'labels' ? 0 : SOON);
      }),
      window.onDidChangeVisibleTextEditors(() => this.drawAll()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        const rollout = documents.of(textEditor.document);
        if (rollout) this.schedule(rollout, SOON);
      }),
      source.onDidChange(() => this.drawAll()),
      display.onDidChange(() => this.drawAll()),
      shading.onDidChange(() => this.drawAll()),
    ];
    this.drawAll();
  }

  /** Whether a rollout waits to be drawn. */
  pending(uri: vscode.Uri): boolean {
    return this.timers.has(uri.toString());
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const listener of this.listeners) listener.dispose();
  }

  private drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const rollout = this.documents.of(editor.document);
      if (rollout) this.schedule(rollout, 0);
      else if (this.decorated.has(editor)) this.clear(editor);
    }
  }

  private schedule(rollout: RolloutDocument, delay: number): void {
    const key = rollout.document.uri.toString();
    clearTimeout(this.timers.get(key));
    const run = () => {
      this.timers.delete(key);
      try {
        this.draw(rollout);
      } catch (error) {
        this.report(error);
      }
    };
    this.timers.set(key, setTimeout(run, delay));
  }

  private draw(rollout: RolloutDocument, whole = false): void {
    if (rollout.document.isClosed) return;
    const editors = vscode.window.visibleTextEditors.filter(({ document }) => document === rollout.document);
    if (editors.length === 0) return;
    const { current, problem } = this.source;
    // Asking for the tokenizer opens it; `onDidChange` then draws again.
    if (!current && !problem) void this.source.get();
    const tokens = rollout.tokensOf(current, whole);
    if (!tokens && current && rollout.rollout && !whole) {
      // What the editor itself moves along stays until the pause.
      this.later(rollout, WHOLE, () => this.draw(rollout, true));
      return;
    }
    const complete = !tokens || tokens.encodeUntil(performance.now() + SLICE / 2);
    const setting = this.display.windowOf(rollout.document.uri);
    for (const editor of editors) this.drawEditor(editor, rollout, tokens, setting, complete);
    if (complete) this.drawn.fire(rollout.document.uri);
    else this.encodeRest(rollout);
  }

  /** Tokenizes the rest in slices, then draws once more. */
  private encodeRest(rollout: RolloutDocument): void {
    this.later(rollout, 0, () => {
      const tokens = rollout.tokensOf(this.source.current, true);
      if (!tokens || tokens.encodeUntil(performance.now() + SLICE)) this.draw(rollout, true);
      else this.encodeRest(rollout);
    });
  }

  private later(rollout: RolloutDocument, delay: number, run: () => void): void {
    const key = rollout.document.uri.toString();
    clearTimeout(this.timers.get(key));
    const guarded = () => {
      this.timers.delete(key);
      try {
        if (!rollout.document.isClosed) run();
      } catch (error) {
        this.report(error);
      }
    };
    this.timers.set(key, setTimeout(guarded, delay));
  }

  private drawEditor(
    editor: vscode.TextEditor,
    rollout: RolloutDocument,
    tokens: ReturnType<RolloutDocument['tokensOf']>,
    setting: WindowSetting,
    complete: boolean,
  ): void {
    const { document } = editor;
    const near = visiblePart(editor);
    const within = complete ? { start: 0, end: rollout.text.length + 1 } : near;
    const toRange = ({ start, end }: OffsetRange) =>
      new vscode.Range(document.positionAt(start), document.positionAt(end));
    const { windows, starts } = tokens
      ? backtrackingRanges(rollout.spans, tokens, setting, within)
      : { windows: [], starts: wordStarts(rollout.text, rollout.spans) };
    const shades = this.shading.of(rollout)?.ranges(near);
    for (const [step, type] of this.types.shades)
      editor.setDecorations(type, (shades?.get(step) ?? []).map(toRange));
    const shaded = shades !== undefined && shades.size > 0;
    editor.setDecorations(this.types.window, shaded ? [] : windows.map(toRange));
    editor.setDecorations(this.types.shadedWindow, shaded ? windows.map(toRange) : []);
    editor.setDecorations(this.types.start, starts.map(toRange));
    const labels = this.display.labelsShown ? labelRanges(rollout.spans, near) : new Map();
    for (const [label, type] of this.types.labels)
      editor.setDecorations(type, (labels.get(label) ?? []).map(toRange));
    const boundaries = tokens && this.display.tokenBoundariesShown ? tokenStarts(tokens, near) : [];
    editor.setDecorations(this.types.tokenBoundary, boundaries.map(toRange));
    this.decorated.add(editor);
  }

  private clear(editor: vscode.TextEditor): void {
    const { window, shadedWindow, start, tokenBoundary, currentSentence, labels, shades } = this.types;
    const single = [window, shadedWindow, start, tokenBoundary, currentSentence];
    for (const type of [...single, ...labels.values(), ...shades.values()]) editor.setDecorations(type, []);
    this.decorated.delete(editor);
  }
}

function visiblePart({ document, visibleRanges }: vscode.TextEditor): OffsetRange {
  const first = visibleRanges[0]?.start ?? new vscode.Position(0, 0);
  const last = visibleRanges.at(-1)?.end ?? first;
  return {
    start: Math.max(0, document.offsetAt(first) - MARGIN),
    end: document.offsetAt(last) + MARGIN,
  };
}
