import type { Candidate } from './alignCandidates';
import { nextWordStarts } from './alignChain';

/** A part's place; `inOrder` if the parts before and after it in the annotation stand before and after it. */
export type Placement = Candidate & { score: number; inOrder: boolean };

/** The places given so far to the parts 0…count-1 of one response. */
export class Placements {
  readonly nextWord: Int32Array;
  private readonly byPart = new Map<number, Placement>();

  constructor(
    private readonly count: number,
    private readonly response: string,
  ) {
    this.nextWord = nextWordStarts(response);
  }

  place(candidate: Candidate, score: number, inOrder: boolean): void {
    this.byPart.set(candidate.part, { ...candidate, score, inOrder });
  }

  get(part: number): Placement | undefined {
    return this.byPart.get(part);
  }

  has(part: number): boolean {
    return this.byPart.has(part);
  }

  all(): Placement[] {
    return [...this.byPart.values()];
  }

  /** The stretch between the nearest parts before and after `part` that are placed in order. */
  gap(part: number): { from: number; to: number } {
    let before = part - 1;
    while (before >= 0 && !this.byPart.get(before)?.inOrder) before--;
    let after = part + 1;
    while (after < this.count && !this.byPart.get(after)?.inOrder) after++;
    return {
      from: this.byPart.get(before)?.end ?? 0,
      to: this.byPart.get(after)?.start ?? this.response.length,
    };
  }

  /** Whether no placed part overlaps [start, end). */
  isFree({ start, end }: { start: number; end: number }): boolean {
    for (const other of this.byPart.values()) if (start < other.end && other.start < end) return false;
    return true;
  }

  /** How many of the two parts listed next to `part` stand right beside this place, with nothing but marks between. */
  touching(part: number, { start, end }: { start: number; end: number }): number {
    const before = this.byPart.get(part - 1);
    const after = this.byPart.get(part + 1);
    const first = before && before.end <= start && this.nextWord[before.end] === this.nextWord[start] ? 1 : 0;
    const second = after && end <= after.start && this.nextWord[end] === this.nextWord[after.start] ? 1 : 0;
    return first + second;
  }
}
