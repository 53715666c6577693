import { posix } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../rpc/messages';
import { rangeOf } from '../documents/activeRollout';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { TokenizerSource } from '../documents/tokenizerSource';
import type { ModelPair, Which } from '../models/modelPair';
import { shiftOffset } from '../rollout/shiftSpans';
import { Latest } from './latest';
import type { LensCell, LensChoice, LensSnapshot, LensStatus } from './lensContract';
import type { LensReader } from './lensReader';
import { STRETCH, stretchStart } from './lensStretch';
import { lensText } from './lensText';
import { positionOf, readStretch, type ShownStretch } from './readStretch';

/** Milliseconds between two reports of how far a reading is. */
const REPORT = 100;
/** Milliseconds of rest until the view follows the cursor or an edit. */
const REST = 150;

/** The place that is looked at: it moves with the text; `position` counts as long as the text is the same. */
interface Target {
  rollout: RolloutDocument;
  offset: number;
  position?: number;
}

/** What the Logit Lens view shows: a stretch of positions at every layer, around the cursor or around a pinned token. */
export class LensExplorer implements vscode.Disposable {
  private target: Target | undefined;
  private shown: ShownStretch | undefined;
  /** Where the stretch begins, if the person turned to it. */
  private from: number | undefined;
  private layer: number | undefined;
  private status: LensStatus = { kind: 'noRollout' };
  private pinned = false;
  private choice: LensChoice = 'reasoning';
  private stretch = 0;
  private moves = 0;
  private visible = false;
  private stale = true;
  /** Why the last reading or opening failed. */
  private problem: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readings = 0;
  private readonly latest = new Latest<void>();
  private readonly changed = new vscode.EventEmitter<LensSnapshot>();
  /** There is something new to draw. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly pair: ModelPair,
    private readonly source: TokenizerSource,
    private readonly reader: LensReader,
  ) {}

  /** All that is to be drawn now. */
  get snapshot(): LensSnapshot {
    const { shown, target, status, pinned, choice, stretch, moves } = this;
    return {
      ...{ status, pinned, choice, stretch, moves },
      title: target ? posix.basename(target.rollout.document.uri.path) : '',
      tokens: shown?.tokens ?? [],
      grids: shown?.grids ?? [],
      earlier: (shown?.from ?? 0) > 0,
      later: shown?.later ?? false,
      selected: this.selected,
    };
  }

  /** Whether anybody looks: nothing is read for a hidden view. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible && this.stale) this.refresh();
    if (!visible && this.status.kind === 'reading') this.stale = true;
  }

  /** The cursor is at a place: the view follows unless it is pinned. */
  follow(rollout: RolloutDocument, offset: number): void {
    if (this.pinned && this.target) return;
    this.lookAt({ rollout, offset }, REST);
  }

  /** A person asks for the token at a place; a pinned view is pinned there from now on. */
  show(rollout: RolloutDocument, offset: number): void {
    this.lookAt({ rollout, offset }, 0);
  }

  /** A rollout was edited: the place that is looked at moves with its text. */
  edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const { target } = this;
    if (target?.rollout.document !== document || contentChanges.length === 0) return;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      length: text.length,
    }));
    this.lookAt({ rollout: target.rollout, offset: shiftOffset(target.offset, changes) }, REST);
  }

  /** A rollout was closed. */
  closed(rollout: RolloutDocument): void {
    if (this.target?.rollout !== rollout) return;
    this.latest.cancel();
    this.target = this.shown = this.from = undefined;
    this.pinned = false;
    this.stretch++;
    this.refresh();
  }

  /** The person moved the selection. */
  select({ layer, position }: LensCell): void {
    const { target, shown } = this;
    if (!target || !shown) return;
    this.layer = layer;
    target.position = position;
    const token = shown.text.current() ? shown.text.tokens.tokenAtPosition(position) : undefined;
    target.offset = (token && shown.text.tokens.placeOf(token)?.start) ?? target.offset;
  }

  /** Shows the stretch before or after, the one nearer to a position, and selects that. */
  turn(position: number): void {
    const { target, shown } = this;
    if (!target || !shown || this.isShown(position)) return;
    const by = position < shown.from ? -STRETCH : STRETCH;
    if (by < 0 ? shown.from === 0 : !shown.later) return;
    this.from = Math.max(0, shown.from + by);
    const within = Math.min(Math.max(position, this.from), this.from + STRETCH - 1);
    this.select({ ...this.selected, position: within });
    this.refresh();
  }

  /** Holds the view at its token, or lets it follow the cursor again. */
  pin(pinned: boolean): void {
    this.pinned = pinned;
    this.changed.fire(this.snapshot);
  }

  /** Shows another model, or both. */
  choose(choice: LensChoice): void {
    this.choice = choice;
    this.refresh();
  }

  /** Opens the models that are to be shown, and reads again. */
  async open(): Promise<void> {
    this.problem = null;
    try {
      for (const which of this.needed()) await this.pair.use(which);
    } catch (error) {
      this.problem = (error as Error).message;
    }
    this.refresh();
  }

  /** Selects a token in the editor, its start being the cursor, so that the view stays at it. */
  async goTo(position: number): Promise<void> {
    const { target, shown } = this;
    if (!target || !shown?.text.current()) return;
    const token = shown.text.tokens.tokenAtPosition(position);
    const place = token && shown.text.tokens.placeOf(token);
    if (!place) return;
    const { document } = target.rollout;
    const viewColumn = vscode.window.visibleTextEditors.find(
      editor => editor.document === document,
    )?.viewColumn;
    const editor = await vscode.window.showTextDocument(document, { viewColumn });
    const range = rangeOf(document, place);
    editor.selection = new vscode.Selection(range.end, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Reads what is to be shown now, at once or when somebody looks. */
  refresh(): void {
    clearTimeout(this.timer);
    this.stale = !this.visible;
    if (this.stale) return;
    this.latest
      .run(String(++this.readings), signal => this.read(signal))
      .catch(error => {
        if (error instanceof CancelledError) return;
        this.problem = (error as Error).message;
        this.tell({ kind: 'failed', problem: this.problem });
      });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.latest.cancel();
    this.changed.dispose();
  }

  private get selected(): LensCell {
    const layers = Math.max(1, ...(this.shown?.grids ?? []).map(grid => grid.layers));
    return {
      layer: Math.min(this.layer ?? layers - 1, layers - 1),
      position: this.target?.position ?? this.shown?.from ?? 0,
    };
  }

  /** The models that have to run; the reasoning model's tokens are what both read. */
  private needed(): Which[] {
    return this.choice === 'reasoning' ? ['reasoning'] : ['reasoning', 'base'];
  }

  private lookAt(target: Target, rest: number): void {
    const { shown } = this;
    if (shown?.text.current() && this.target?.rollout === target.rollout) {
      // In the stretch that is shown the selection moves, and nothing has to be read. Where tokens share a character
      // the one that was gone to stays.
      const position = this.startsAt(target.offset)
        ? this.target.position
        : shown.text.tokens.tokenAt(target.offset)?.position;
      if (position !== undefined && this.isShown(position)) {
        if (position === this.target.position && this.status.kind === 'ready') return;
        this.target = { ...target, position };
        this.moves++;
        this.changed.fire(this.snapshot);
        return;
      }
    }
    this.target = target;
    this.from = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), rest);
  }

  /** Whether the token that is looked at starts there. */
  private startsAt(offset: number): boolean {
    const { target, shown } = this;
    if (target?.position === undefined || !shown) return false;
    const token = shown.text.tokens.tokenAtPosition(target.position);
    return token !== undefined && shown.text.tokens.placeOf(token)?.start === offset;
  }

  private isShown(position: number): boolean {
    return this.shown?.tokens.some(token => token.position === position) ?? false;
  }

  private tell(status: LensStatus): void {
    this.status = status;
    this.changed.fire(this.snapshot);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const { target, pair } = this;
    if (!target) return this.tell({ kind: 'noRollout' });
    const closed = this.needed().find(which => pair.state(which) !== 'open');
    if (closed) {
      if (pair.state(closed) === 'opening') return this.tell({ kind: 'opening' });
      const problem = this.problem;
      return this.tell({ kind: 'closed', which: closed, folder: pair.folder(closed), problem });
    }
    const tokenizer = await this.source.of(pair.folder('reasoning'));
    if (signal.aborted) throw new CancelledError();
    const text = lensText(target.rollout, tokenizer, true);
    // The text is no rollout just now: its change reads again.
    if (!text) return this.tell({ kind: 'reading', done: 0, total: 0 });
    const position = target.position ?? (await positionOf(text, target.offset, signal));
    if (this.status.kind !== 'ready') this.tell({ kind: 'reading', done: 0, total: 0 });
    const near = this.shown?.text.key === text.key ? this.shown : undefined;
    const from = this.from ?? stretchStart(position, near);
    let told = 0;
    const read = await readStretch(
      this.reader,
      text,
      { position, from, choice: this.choice },
      signal,
      event => {
        if (signal.aborted || performance.now() - told < REPORT) return;
        told = performance.now();
        this.tell({ kind: 'reading', ...event });
      },
    );
    if (signal.aborted) throw new CancelledError();
    if (!read) return this.tell({ kind: 'noRollout' });
    this.shown = read;
    // The selection may have moved meanwhile; a new place without a position waits for its own reading.
    const now = this.target;
    if (now && (now === target || now.position !== undefined))
      now.position = Math.min(Math.max(read.from, now.position ?? position), read.to - 1);
    this.problem = null;
    this.stretch++;
    this.moves++;
    this.tell({ kind: 'ready' });
  }
}
