import type * as vscode from 'vscode';
import type { LabelledSpan } from '../../core/annotation';
import { UserError } from '../../core/errors';
import { type Ann, readAnn, readingAnn, rewriteAnn } from '../rollout/annText';
import { LabelHistory } from '../rollout/labelHistory';
import { sameLines } from '../rollout/lineEnds';
import { mergeSpans } from '../rollout/mergeSpans';
import { shiftSpans, type TextChange } from '../rollout/shiftSpans';
import { textDifference } from '../rollout/textDifference';
import type { CompanionText } from './companionText';

/** Milliseconds after the last key until shifted labels are written; typing is not held up by it. */
const PAUSE = 400;
/** Milliseconds of reading labels at a stretch. */
const SLICE = 8;

/** The labels of an open rollout: in step with its text at once, and with their file (a text document) soon after. */
export class RolloutLabels implements vscode.Disposable {
  spans: LabelledSpan[] = [];
  ann: Ann = readAnn('', '');
  readonly history = new LabelHistory();
  /** Whether the last thing that was changed are the labels: then Ctrl+Z is theirs. */
  changedLast = false;
  private lost = new Set<string>();
  private pause: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private unwritten = false;
  private troubled = false;
  private saved: string | undefined;
  /** The reading of the file under way, and what resolves at its end. */
  private steps: Generator<void, Ann> | undefined;
  private read: Promise<void> | undefined;
  private readonly listener: vscode.Disposable | undefined;

  constructor(
    private readonly document: vscode.TextDocument,
    /** Undefined for a document that has no place of its own (untitled, a git revision). */
    readonly file: CompanionText | undefined,
    private readonly text: () => string,
    private readonly onChange: () => void,
    private readonly report: (error: unknown) => void,
  ) {
    this.listener = file?.onDidChange(() => this.compare());
  }

  /** Reads the file. */
  async load(): Promise<void> {
    await this.file?.load();
    await this.read;
    this.saved = this.file?.text;
  }

  /** A person's change: shown at once, written to the file, undone by `step`. */
  change(spans: LabelledSpan[]): void {
    if (!this.file) throw new UserError('Save the rollout first: its labels are kept in a file beside it');
    if (this.file.problem) throw new UserError(this.file.problem);
    this.finishReading();
    this.history.record(this.spans);
    this.set(spans);
  }

  /** Takes back the last change of the labels (or the last taking back). */
  step(direction: 'undo' | 'redo'): void {
    this.finishReading();
    const spans = this.history[direction](this.spans);
    if (spans) this.set(spans);
  }

  /** Moves the labels along with an edit of the text; they are written after a pause. */
  shift(changes: readonly TextChange[]): void {
    // What is being read counts in the text before this edit.
    this.finishReading();
    const { spans, lost } = shiftSpans(this.spans, changes);
    for (const { id } of lost) if (id !== undefined) this.lost.add(id);
    this.spans = spans;
    this.history.edited(changes);
    this.changedLast = false;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.settle(), PAUSE);
  }

  /** Writes labels that the text has moved, and looks for those whose text is back. */
  async settle(): Promise<void> {
    clearTimeout(this.pause);
    this.pause = undefined;
    if (!this.file) return;
    this.finishReading();
    try {
      if (this.spans.length + this.lost.size > 0 && this.ann.of !== this.text()) await this.write();
      else if (this.ann.problems.some(({ lost }) => lost)) this.reread();
      // Undone to the file's state: then the labels are the file's too.
      if (!this.document.isDirty && this.file.text === this.saved) await this.file.save();
    } catch (error) {
      this.report(error);
    }
  }

  /** The text changed in a way that its labels did not see: they are looked for by their quoted text. */
  reread(): void {
    const steps = readingAnn(this.file?.text ?? '', this.text(), this.bom);
    this.steps = steps;
    this.read = this.readInSlices(steps).catch(this.report);
  }

  /** Saves the labels with the text, or the text with the labels. */
  async save(with_: 'text' | 'labels'): Promise<void> {
    await this.idle();
    if (with_ === 'text') await this.file?.save();
    else if (this.document.isDirty && !this.document.isUntitled) await this.document.save();
    this.saved = this.file?.text;
  }

  /** Writes the labels where they stand now; `dropLost` leaves out lines whose text is gone. */
  async rewrite(dropLost: boolean): Promise<void> {
    this.finishReading();
    if (dropLost) {
      const gone = new Set(this.ann.problems.filter(({ lost }) => lost).map(({ line }) => line));
      const kept = this.ann.lines.filter((_, line) => !gone.has(line));
      this.ann = { ...readAnn(kept.join('\n'), this.text(), this.bom), text: this.ann.text };
      this.spans = this.ann.spans;
    }
    await this.write();
  }

  /** Resolves once nothing is left to write. */
  async idle(): Promise<void> {
    await this.read;
    if (this.pause) await this.settle();
    await this.writing;
  }

  dispose(): void {
    clearTimeout(this.pause);
    this.steps = undefined;
    this.listener?.dispose();
    this.file?.dispose();
  }

  /** The first slice at once, so that short files need no waiting. */
  private async readInSlices(steps: Generator<void, Ann>): Promise<void> {
    while (this.steps === steps && !this.proceed(SLICE)) await new Promise(resolve => setImmediate(resolve));
  }

  private finishReading(): void {
    if (this.steps) this.proceed(Number.POSITIVE_INFINITY);
  }

  /** Goes on reading for some milliseconds; true at the end. */
  private proceed(milliseconds: number): boolean {
    const deadline = performance.now() + milliseconds;
    for (let step = this.steps!.next(); ; step = this.steps!.next()) {
      if (step.done) {
        this.steps = undefined;
        this.ann = step.value;
        this.spans = this.ann.spans;
        this.lost = new Set();
        this.troubled = false;
        this.onChange();
        return true;
      }
      if (performance.now() >= deadline) return false;
    }
  }

  private get bom(): boolean {
    return this.document.encoding === 'utf8bom';
  }

  private set(spans: LabelledSpan[]): void {
    this.spans = spans;
    this.changedLast = true;
    void this.write().catch(this.report);
    this.onChange();
  }

  /** One write at a time; what changes meanwhile is written after it. */
  private write(): Promise<void> {
    this.unwritten = true;
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      this.compare();
    });
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.unwritten) {
      this.unwritten = false;
      this.troubled ||= this.ann.problems.length > 0 || this.lost.size > 0;
      const before = this.ann;
      this.ann = rewriteAnn(before, this.spans, this.text(), { bom: this.bom, lost: this.lost });
      this.spans = this.ann.spans;
      this.lost = new Set();
      if (!(await this.file!.replace(this.ann.text, before.text))) this.merge(before);
    }
  }

  /** The file was changed by others since `before` was read: their labels get what was changed here, and are written again. */
  private merge(before: Ann): void {
    const text = this.text();
    const change = textDifference(before.of, text);
    const base = change
      ? shiftSpans(before.spans, [{ ...change, length: change.newEnd - change.start }]).spans
      : before.spans;
    this.ann = readAnn(this.file!.text, text, this.bom);
    this.history.clear();
    this.history.record(this.ann.spans);
    this.spans = mergeSpans(base, this.spans, this.ann.spans);
    this.lost = new Set();
    this.unwritten = true;
    this.onChange();
  }

  /** The file is no longer what we know of it, or its problems have to be told anew. */
  private compare(): void {
    if (this.writing || !this.file) return;
    if (!sameLines(this.file.text, this.ann.text) || this.file.problem) {
      this.history.clear();
      this.reread();
    } else if (this.troubled && this.ann.of === this.text()) this.reread();
  }
}
