import { type ShadeKind, type ShadeScale, scaleOf } from './shadeScale';

/** Values of a text's tokens as far as they are known: those before an edit stay. */
export class ScoredText {
  /** One for each token of the text that the model can read; NaN where none is known. */
  values = new Float32Array(0);
  private ids: ArrayLike<number> = [];
  private key = '';
  private known = 0;
  private scaled: { kind: ShadeKind; from: number; scale: ShadeScale | undefined } | undefined;

  /** Takes the tokens as they are now, and what is scored with what (`key`). A value depends on its token and those before. */
  update(ids: ArrayLike<number>, key: string): void {
    let same = 0;
    if (key === this.key) {
      const most = Math.min(this.known, ids.length);
      while (same < most && ids[same] === this.ids[same]) same++;
    }
    const kept = this.values.subarray(0, same);
    this.values = new Float32Array(ids.length).fill(Number.NaN);
    this.values.set(kept);
    this.ids = ids;
    this.key = key;
    this.known = same;
    this.scaled = undefined;
  }

  /** Values of tokens start, start + 1, …; they come in order. */
  put(start: number, values: Float32Array): void {
    this.values.set(values.subarray(0, Math.max(0, this.values.length - start)), start);
    this.known = Math.max(this.known, Math.min(start + values.length, this.values.length));
    this.scaled = undefined;
  }

  /** All values are there: tokens that have none (a text's first has no surprisal) will get none. */
  finish(): void {
    this.known = this.values.length;
  }

  /** Whether nothing is left to be read. */
  get complete(): boolean {
    return this.known === this.values.length;
  }

  /** Tokens read. */
  get read(): number {
    return this.known;
  }

  /** The scale of the values known by now, from the first token of the response on. */
  scale(kind: ShadeKind, from: number): ShadeScale | undefined {
    if (this.scaled?.kind !== kind || this.scaled.from !== from)
      this.scaled = { kind, from, scale: scaleOf(kind, this.values.subarray(from)) };
    return this.scaled.scale;
  }
}
