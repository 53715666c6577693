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
    this.forgetEdits();
  }

  /** How many edits are kept to move older labels by. */
  get kept(): number {
    return this.edits.length;
  }

  /** The text was edited. */
  edited(changes: readonly TextChange[]): void {
    const newest = Math.max(this.past.at(-1)?.at ?? -1, this.future.at(-1)?.at ?? -1);
    if (newest < 0) return;
    // One with the edit before, unless there are labels of the time between them.
    const joint = newest < this.edits.length ? joined(this.edits.at(-1)!, changes) : undefined;
    if (joint) this.edits[this.edits.length - 1] = joint;
    else this.edits.push(changes);
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

  /** Edits before the oldest labels move nothing any more. */
  private forgetEdits(): void {
    const oldest = Math.min(...this.past.map(({ at }) => at));
    if (oldest === 0) return;
    this.edits.splice(0, oldest);
    this.past = this.past.map(({ spans, at }) => ({ spans, at: at - oldest }));
  }
}

/** Two edits as one that moves any span as both do: typing on, taking back what was typed, deleting on. Else undefined. */
function joined(
  first: readonly TextChange[],
  second: readonly TextChange[],
): readonly TextChange[] | undefined {
  if (first.length !== 1 || second.length !== 1) return undefined;
  const [{ start, end, length }] = first;
  const next = second[0];
  const delta = next.length - (next.end - next.start);
  const typed = start === end && (next.start === next.end || next.length === 0);
  if (typed && next.start >= start && next.end <= start + length)
    return [{ start, end, length: length + delta }];
  const deleted = length === 0 && next.length === 0;
  if (deleted && next.start <= start && next.end >= start)
    return [{ start: next.start, end: next.end + end - start, length: 0 }];
  return undefined;
}
