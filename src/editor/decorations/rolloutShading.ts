import * as vscode from 'vscode';
import type { ParsedRollout } from '../../core/rollout';
import { throwIfCancelled } from '../../rpc/answerer';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { Scoring, TokenScoring } from '../models/tokenScoring';
import { withCancel } from '../progress';
import type { HoverLine } from '../rollout/hoverText';
import type { OffsetRange, RolloutTokens } from '../rollout/rolloutTokens';
import { ScoredText } from '../rollout/scoredText';
import { shadeRanges } from '../rollout/shadeRanges';
import {
  SHADE_NAMES,
  type ShadeKind,
  type ShadeScale,
  scaleText,
  stepOf,
  valueText,
} from '../rollout/shadeScale';

/** Milliseconds: from an edit until what follows it is read again; a slice of tokenizing; between two drawings while values come. */
const PAUSE = 700;
const SLICE = 8;
const REDRAW = 200;

/** The shading of one open rollout: reads its tokens' values, keeps them, and says which range has which shade. */
export class RolloutShading implements vscode.Disposable {
  private readonly scored = new ScoredText();
  private scoring: Scoring | undefined;
  private synced: ParsedRollout | undefined;
  private run: AbortController | undefined;
  private preparing = 0;
  /** A person cancelled it or it failed: it goes on when asked for again. */
  private stopped = false;
  private disposed = false;
  private pause: NodeJS.Timeout | undefined;
  private redraw: NodeJS.Timeout | undefined;

  constructor(
    private readonly rollout: RolloutDocument,
    readonly kind: ShadeKind,
    private readonly source: TokenScoring,
    private readonly changed: () => void,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Reads what is missing, from the start if nothing is known: with a notification that can cancel if a person asked for it. */
  async read(asked: boolean): Promise<void> {
    this.abort();
    // Its rollout was closed, or another shading chosen, while models and vector were made ready.
    if (this.disposed) return;
    const run = (this.run = new AbortController());
    this.stopped = false;
    this.changed();
    const { Notification, Window } = vscode.ProgressLocation;
    try {
      await withCancel(
        `Shading by ${SHADE_NAMES[this.kind]}`,
        async (signal, progress) => {
          signal.addEventListener('abort', () => (this.stopped = true));
          const either = AbortSignal.any([signal, run.signal]);
          await this.readPieces(either, done => progress(done, this.scored.values.length, 'tokens'));
        },
        asked ? Notification : Window,
      );
    } catch (error) {
      this.stopped = true;
      throw error;
    } finally {
      if (this.run === run) this.run = undefined;
      this.changed();
    }
  }

  /** Reads without a person's asking: only with models that run by now, and only if something is missing. */
  async readIfReady(): Promise<void> {
    if (this.preparing > 0 || this.stopped) return;
    if (!this.source.ready(this.kind)) {
      if (this.scoring && !this.scoring.key.startsWith(this.source.modelsKey(this.kind))) this.clear();
      return;
    }
    try {
      const scoring = await this.source.prepare(this.kind);
      if (this.disposed) return;
      if (!scoring) this.clear();
      else if (scoring.key !== this.scoring?.key || !(this.run || this.complete)) await this.read(false);
    } catch (error) {
      if (!this.disposed) this.report(error);
    }
  }

  /** The text changed: values before the edit stay, the rest is read again after a pause. */
  edited(): void {
    this.abort();
    if (!this.stopped) this.pause = setTimeout(() => void this.readIfReady(), PAUSE);
  }

  /** Ranges by step of the tokens in a part of the document. */
  ranges(within: OffsetRange): Map<number, OffsetRange[]> {
    const tokens = this.tokensNow();
    const scale = tokens && this.scaleOf(tokens);
    if (!tokens || !scale) return new Map();
    const { values } = this.scored;
    return shadeRanges(tokens, within, position => stepOf(scale, values[position]));
  }

  /** What is to be said of the token at a place. */
  at(offset: number): HoverLine | undefined {
    const tokens = this.tokensNow();
    const token = tokens?.tokenAt(offset);
    if (!tokens || token?.position === undefined) return undefined;
    const value = this.scored.values[token.position];
    const scale = this.scaleOf(tokens);
    const range = tokens.placeOf(token);
    if (!range) return undefined;
    if (value === undefined)
      return {
        range,
        line: `${SHADE_NAMES[this.kind]}: beyond the model’s ${this.scoring?.limit} positions`,
      };
    if (scale && Number.isFinite(value)) return { range, line: valueText(scale, value) };
    return undefined;
  }

  /** Values by the tokens' positions; NaN where none is known. */
  get values(): Float32Array {
    return this.tokensNow() ? this.scored.values : new Float32Array(0);
  }

  /** The legend: what is shaded and on which scale, or how far it is. */
  get legend(): string {
    const name = SHADE_NAMES[this.kind];
    if (this.run) return `${name}: reading…`;
    if (this.stopped) return `${name}: stopped`;
    const tokens = this.tokensNow();
    const scale = tokens && this.scaleOf(tokens);
    if (!tokens || !scale) {
      if (!this.source.ready(this.kind)) return `${name}: start the model`;
      return this.kind === 'projection' && !this.scoring ? `${name}: no active vector` : `${name}: reading…`;
    }
    const { length } = this.scored.values;
    const cut = (tokens.count ?? length) > length ? `, first ${length} tokens` : '';
    return `${scaleText(scale)}${cut}`;
  }

  dispose(): void {
    this.disposed = true;
    this.abort();
    clearTimeout(this.redraw);
  }

  private async readPieces(signal: AbortSignal, progress: (done: number) => void): Promise<void> {
    this.preparing++;
    const scoring = await this.source.prepare(this.kind).finally(() => this.preparing--);
    throwIfCancelled(signal);
    if (!scoring) return this.clear();
    await this.tokenize(scoring, signal);
    this.scoring = scoring;
    this.synced = undefined;
    if (!this.tokensNow(true) || this.scored.complete) return;
    const ids = this.rollout.tokensOf(scoring.tokenizer)!.firstIds(scoring.limit);
    await scoring.read([...ids], signal, (start, values) => {
      this.scored.put(start, values);
      progress(start + values.length);
      this.redraw ??= setTimeout(() => {
        this.redraw = undefined;
        this.changed();
      }, REDRAW);
    });
    this.scored.finish();
  }

  /** In slices, so that the host stays free. */
  private async tokenize({ tokenizer }: Scoring, signal: AbortSignal): Promise<void> {
    while (!this.rollout.tokensOf(tokenizer)?.encodeUntil(performance.now() + SLICE)) {
      if (!this.rollout.rollout) return;
      await new Promise(resolve => setTimeout(resolve));
      throwIfCancelled(signal);
    }
  }

  /** The tokens that the values belong to, the values cut to what an edit left; undefined until they are known. */
  private tokensNow(whole = false): RolloutTokens | undefined {
    const { scoring, rollout } = this;
    const tokens = scoring && rollout.tokensOf(scoring.tokenizer, whole);
    if (!tokens?.encodeUntil(performance.now() + SLICE / 2)) return undefined;
    if (this.synced !== rollout.rollout) {
      this.scored.update(tokens.firstIds(scoring!.limit), scoring!.key);
      this.synced = rollout.rollout;
    }
    return tokens;
  }

  private get complete(): boolean {
    return this.tokensNow() !== undefined && this.scored.complete;
  }

  private scaleOf(tokens: RolloutTokens): ShadeScale | undefined {
    return this.scored.scale(this.kind, tokens.responsePosition ?? 0);
  }

  private clear(): void {
    this.abort();
    this.scoring = undefined;
    this.changed();
  }

  private abort(): void {
    clearTimeout(this.pause);
    this.run?.abort();
    this.run = undefined;
  }
}
