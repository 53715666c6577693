import * as vscode from 'vscode';
import type { LabelledSpan } from '../../core/annotation';
import { UserError } from '../../core/errors';
import { type ParsedRollout, parseRollout } from '../../core/rollout';
import { isReviewed, withReviewMark } from '../rollout/reviewMark';
import { RolloutSentences } from '../rollout/rolloutSentences';
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import { RolloutTokens } from '../rollout/rolloutTokens';
import { changesWithin } from '../rollout/shiftSpans';
import { type Unit, unitsNear, unitsOf } from '../rollout/units';
import type { CompanionText } from './companionText';
import { RolloutLabels } from './rolloutLabels';

/** What of a rollout changed. */
export type RolloutChange = 'text' | 'labels' | 'review';

/** Milliseconds until a change that left the document clean is taken for one from outside. */
const OUTSIDE = 50;

/** An open rollout: its text parsed once per version, its labels in step with the text, its tokens. */
export class RolloutDocument implements vscode.Disposable {
  text = '';
  /** Undefined if the text is no rollout; then `problem` says why. */
  rollout: ParsedRollout | undefined;
  problem: string | undefined;
  readonly labels: RolloutLabels;
  private readonly changed = new vscode.EventEmitter<RolloutChange>();
  readonly onDidChange = this.changed.event;
  private readonly tokens = new WeakMap<RolloutTokenizer, { tokens: RolloutTokens; of?: ParsedRollout }>();
  private sentences: { rollout: ParsedRollout; sentences: RolloutSentences } | undefined;
  private outside: NodeJS.Timeout | undefined;
  private readonly listener: vscode.Disposable | undefined;

  /** Labels file and metadata are undefined for a document that has no place of its own (untitled, a git revision). */
  constructor(
    readonly document: vscode.TextDocument,
    labelsFile: CompanionText | undefined,
    private readonly metadata: CompanionText | undefined,
    report: (error: unknown) => void,
    /** Labels a text that no person labels. */
    private readonly judge?: (rollout: ParsedRollout) => LabelledSpan[],
  ) {
    this.parse();
    this.labels = new RolloutLabels(
      document,
      labelsFile,
      () => this.text,
      () => this.changed.fire('labels'),
      report,
    );
    this.judgeText();
    this.listener = metadata?.onDidChange(() => this.changed.fire('review'));
  }

  /** Reads labels and review mark. */
  async load(): Promise<void> {
    await Promise.all([this.labels.load(), this.metadata?.load()]);
  }

  /** The labelled spans, where they stand in the text as it is now. */
  get spans(): LabelledSpan[] {
    return this.labels.spans;
  }

  /** Whether a person marked the labels as reviewed. */
  get reviewed(): boolean {
    return isReviewed(this.metadata?.text ?? '');
  }

  /** Sets or takes away the review mark; it is saved at once unless the file has other unsaved changes. */
  async setReviewed(reviewed: boolean): Promise<void> {
    if (!this.metadata)
      throw new UserError('Save the rollout first: its review mark is kept in a file beside it');
    const wasDirty = this.metadata.document?.isDirty;
    for (let written = false; !written; ) {
      const { text } = this.metadata;
      written = await this.metadata.replace(withReviewMark(text, reviewed, this.metadata.name), text);
    }
    if (!wasDirty) await this.metadata.save();
  }

  /** A person's change of the labels. */
  change(spans: LabelledSpan[]): void {
    if (!this.rollout) throw new UserError(this.problem ?? 'This file is not a rollout');
    this.labels.change(spans);
  }

  /** The tokens of the text as it is now; undefined while those of a text that is only tokenized `whole` are out of date. */
  tokensOf(tokenizer: RolloutTokenizer | undefined, whole = true): RolloutTokens | undefined {
    if (!tokenizer || !this.rollout) return undefined;
    let known = this.tokens.get(tokenizer);
    if (!known) this.tokens.set(tokenizer, (known = { tokens: new RolloutTokens(tokenizer) }));
    if (known.of !== this.rollout) {
      if (!tokenizer.incremental && !whole) return undefined;
      known.tokens.update(this.rollout);
      known.of = this.rollout;
    }
    return known.tokens;
  }

  /** Labelled spans and unlabelled sentences, in order. */
  unitsNow(): Unit[] {
    const sentences = this.sentencesNow();
    return sentences ? unitsOf(this.text, this.spans, sentences.all()) : [];
  }

  /** Those around an offset of the file: the one there and the ones beside it. */
  unitsNear(offset: number): Unit[] {
    const sentences = this.sentencesNow();
    return sentences ? unitsNear(this.text, this.spans, sentences, offset) : [];
  }

  /** The text was edited. Labels move with it. */
  edited({ contentChanges, reason, document }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const before = this.text;
    this.parse();
    const [first] = contentChanges;
    const whole =
      contentChanges.length === 1 && first.rangeOffset === 0 && first.rangeLength >= before.length;
    const each = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      length: text.length,
    }));
    this.labels.shift(whole ? changesWithin(before, this.text) : each);
    this.judgeText();
    if (!this.judge && !document.isDirty && reason === undefined) {
      // The dirty state of a first key may come after its text: a moment later it is there.
      clearTimeout(this.outside);
      this.outside = setTimeout(() => {
        if (!document.isDirty && !document.isUntitled) this.labels.reread();
      }, OUTSIDE);
    }
    this.changed.fire('text');
  }

  dispose(): void {
    clearTimeout(this.outside);
    this.listener?.dispose();
    this.labels.dispose();
    this.metadata?.dispose();
    this.changed.dispose();
  }

  private sentencesNow(): RolloutSentences | undefined {
    const { rollout } = this;
    if (!rollout) return undefined;
    if (this.sentences?.rollout !== rollout)
      this.sentences = { rollout, sentences: new RolloutSentences(rollout) };
    return this.sentences.sentences;
  }

  private judgeText(): void {
    if (this.judge) this.labels.spans = this.rollout ? this.judge(this.rollout) : [];
  }

  private parse(): void {
    this.text = this.document.getText();
    try {
      this.rollout = parseRollout(this.text);
      this.problem = undefined;
    } catch (error) {
      this.rollout = undefined;
      this.problem = (error as Error).message;
    }
  }
}
