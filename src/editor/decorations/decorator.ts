import * as vscode from 'vscode';
import type { LabelledSpan } from '../../core/annotation';
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
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import type { OffsetRange, RolloutTokens } from '../rollout/rolloutTokens';
import type { DecorationTypes } from './decorationTypes';
import type { Display } from './display';
import type { Shading } from './shading';

/** Characters beyond what is visible that are decorated with it, so that scrolling finds them there. */
const MARGIN = 8000;
/** Milliseconds: between an edit and its decorations; from there to what needs the whole text; a slice of work in the background. */
const SOON = 16;
const WHOLE = 400;
const SLICE = 8;

/** What was drawn of a rollout: all of it, or what is visible while the rest waits for its tokens. */
export interface Drawn {
  uri: vscode.Uri;
  complete: boolean;
}

/** What the overview ruler of an editor was drawn from. */
interface Ruled {
  spans: readonly LabelledSpan[];
  text: string;
  setting: WindowSetting;
  tokenizer: RolloutTokenizer | undefined;
}

/** Draws the open rollouts: what is visible at once, the rest (for the overview ruler) in slices in between. */
export class Decorator implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly decorated = new WeakSet<vscode.TextEditor>();
  private readonly shaded = new WeakSet<vscode.TextEditor>();
  private readonly ruled = new WeakMap<vscode.TextEditor, Ruled>();
  private readonly drawn = new vscode.EventEmitter<Drawn>();
  /** A rollout is drawn: what is visible of it, or all. */
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
        if (change === 'text') this.schedule(rollout, SOON, WHOLE);
        else if (change === 'labels') this.schedule(rollout, 0);
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

  /** Draws after `delay`, and the rest of the text after `pause` more. */
  private schedule(rollout: RolloutDocument, delay: number, pause = 0): void {
    this.later(rollout, delay, () => this.draw(rollout, pause));
  }

  private draw(rollout: RolloutDocument, pause: number, whole = false): void {
    const editors = this.editorsOf(rollout);
    if (editors.length === 0) return;
    const { current, problem } = this.source;
    // Asking for the tokenizer opens it; `onDidChange` then draws again.
    if (!current && !problem) void this.source.get();
    const tokens = rollout.tokensOf(current, whole);
    if (!tokens && current && rollout.rollout && !whole) {
      // What the editor itself moves along stays until the pause.
      this.later(rollout, WHOLE, () => this.draw(rollout, 0, true));
      return;
    }
    const setting = this.display.windowOf(rollout.document.uri);
    for (const editor of editors) this.drawVisible(editor, rollout, tokens, setting);
    const complete = editors.every(editor => this.isRuled(editor, rollout, setting));
    this.drawn.fire({ uri: rollout.document.uri, complete });
    if (!complete) this.later(rollout, pause, () => this.drawRuler(rollout));
  }

  /** Tokenizes the rest in slices, then marks every window and start in the overview ruler. */
  private drawRuler(rollout: RolloutDocument): void {
    const tokens = rollout.tokensOf(this.source.current, true);
    if (tokens && !tokens.encodeUntil(performance.now() + SLICE)) {
      this.later(rollout, 0, () => this.drawRuler(rollout));
      return;
    }
    const { document, spans, text } = rollout;
    const setting = this.display.windowOf(document.uri);
    const found = marksOf(rollout, tokens, setting, { start: 0, end: text.length + 1 });
    const windows = rangesOf(document, found.windows);
    const starts = rangesOf(document, found.starts);
    for (const editor of this.editorsOf(rollout)) {
      editor.setDecorations(this.types.rulerWindow, windows);
      editor.setDecorations(this.types.rulerStart, starts);
      this.ruled.set(editor, { spans, text, setting, tokenizer: this.source.current });
    }
    this.drawn.fire({ uri: document.uri, complete: true });
  }

  /** Whether the ruler of an editor shows the rollout as it is. */
  private isRuled(
    editor: vscode.TextEditor,
    { spans, text }: RolloutDocument,
    setting: WindowSetting,
  ): boolean {
    const shown = this.ruled.get(editor);
    return (
      shown?.spans === spans &&
      shown.text === text &&
      shown.tokenizer === this.source.current &&
      shown.setting.offset === setting.offset &&
      shown.setting.length === setting.length &&
      shown.setting.label === setting.label
    );
  }

  private editorsOf({ document }: RolloutDocument): vscode.TextEditor[] {
    return document.isClosed
      ? []
      : vscode.window.visibleTextEditors.filter(editor => editor.document === document);
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

  private drawVisible(
    editor: vscode.TextEditor,
    rollout: RolloutDocument,
    tokens: RolloutTokens | undefined,
    setting: WindowSetting,
  ): void {
    const near = visiblePart(editor);
    const show = (type: vscode.TextEditorDecorationType, ranges: readonly OffsetRange[]) =>
      editor.setDecorations(type, rangesOf(editor.document, ranges));
    const { windows, starts } = marksOf(rollout, tokens, setting, near);
    const shaded = this.drawShades(editor, rollout, near, windows);
    show(this.types.window, shaded ? [] : windows);
    show(this.types.start, starts);
    const labels = this.display.labelsShown ? labelRanges(rollout.spans, near) : new Map();
    for (const [label, type] of this.types.labels) show(type, labels.get(label) ?? []);
    show(
      this.types.tokenBoundary,
      tokens && this.display.tokenBoundariesShown ? tokenStarts(tokens, near) : [],
    );
    this.decorated.add(editor);
  }

  /** The shades, with the windows outlined around them; false if there are none, which costs no message to the editor. */
  private drawShades(
    editor: vscode.TextEditor,
    rollout: RolloutDocument,
    near: OffsetRange,
    windows: readonly OffsetRange[],
  ): boolean {
    const shades = this.shading.of(rollout)?.ranges(near);
    const shaded = shades !== undefined && shades.size > 0;
    if (!shaded && !this.shaded.has(editor)) return false;
    const { document } = editor;
    for (const [step, type] of this.types.shades)
      editor.setDecorations(type, rangesOf(document, shades?.get(step) ?? []));
    editor.setDecorations(this.types.shadedWindow, rangesOf(document, shaded ? windows : []));
    if (shaded) this.shaded.add(editor);
    else this.shaded.delete(editor);
    return shaded;
  }

  private clear(editor: vscode.TextEditor): void {
    for (const type of this.types.all) editor.setDecorations(type, []);
    this.shaded.delete(editor);
    this.decorated.delete(editor);
    this.ruled.delete(editor);
  }
}

function marksOf(
  { spans, text }: RolloutDocument,
  tokens: RolloutTokens | undefined,
  setting: WindowSetting,
  within: OffsetRange,
): { windows: OffsetRange[]; starts: OffsetRange[] } {
  if (tokens) return backtrackingRanges(spans, tokens, setting, within);
  return { windows: [], starts: wordStarts(text, spans, within) };
}

function rangesOf(document: vscode.TextDocument, ranges: readonly OffsetRange[]): vscode.Range[] {
  return ranges.map(
    ({ start, end }) => new vscode.Range(document.positionAt(start), document.positionAt(end)),
  );
}

function visiblePart({ document, visibleRanges }: vscode.TextEditor): OffsetRange {
  const first = visibleRanges[0]?.start ?? new vscode.Position(0, 0);
  const last = visibleRanges.at(-1)?.end ?? first;
  return {
    start: Math.max(0, document.offsetAt(first) - MARGIN),
    end: document.offsetAt(last) + MARGIN,
  };
}
