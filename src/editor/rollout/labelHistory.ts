import type { LabelledSpan } from '../../core/annotation';
import { shiftSpans, type TextChange } from './shiftSpans';

interface Step {
  spans: readonly LabelledSpan[];
  /** How many edits of the text had been made when these were its spans. */
  at: number;
}

const LONGEST = 200;

/** What the labels were before each change of them, moved along with the text that was typed since. */
export class LabelHistory {
  private past: Step[] = [];
  private future: Step[] = [];
  private edits: (readonly TextChange[])[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** The labels are about to change from `spans`. */
  record(spans: readonly LabelledSpan[]): void {
    this.past.push({ spans, at: this.edits.length });
    if (this.past.length > LONGEST) this.past.shift();
    this.future = [];
  }

  /** The text was edited. */
  edited(changes: readonly TextChange[]): void {
    if (this.past.length + this.future.length > 0) this.edits.push(changes);
  }

  /** The labels before the last change; undefined if there is none. */
  undo(current: readonly LabelledSpan[]): LabelledSpan[] | undefined {
    return this.step(this.past, this.future, current);
  }

  /** The labels that `undo` took back. */
  redo(current: readonly LabelledSpan[]): LabelledSpan[] | undefined {
    return this.step(this.future, this.past, current);
  }

  /** Forgets everything: the labels changed in a way that is not ours to undo. */
  clear(): void {
    this.past = [];
    this.future = [];
    this.edits = [];
  }

  private step(from: Step[], to: Step[], current: readonly LabelledSpan[]): LabelledSpan[] | undefined {
    const step = from.pop();
    if (!step) return undefined;
    to.push({ spans: current, at: this.edits.length });
    return this.edits
      .slice(step.at)
      .reduce<LabelledSpan[]>((spans, changes) => shiftSpans(spans, changes).spans, [...step.spans]);
  }
}
