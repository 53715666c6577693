import * as vscode from 'vscode';
import { SETTINGS } from '../ids';
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import { setting } from '../settings';

/**
 * The tokenizer that the setting names, opened when first asked for, the bundled reasoning model's if it names none; and
 * beside it that of a model which has another.
 */
export class TokenizerSource implements vscode.Disposable {
  private opening: Promise<RolloutTokenizer | undefined> | undefined;
  private other: { folder: string; opening: Promise<RolloutTokenizer | undefined> } | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listener: vscode.Disposable;
  /** The tokenizer was set, opened, or could not be opened. */
  readonly onDidChange = this.changed.event;
  /** What is open by now. */
  current: RolloutTokenizer | undefined;
  /** Why it could not be opened. */
  problem: string | undefined;

  constructor(
    private readonly bundled: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listener = vscode.workspace.onDidChangeConfiguration(event => {
      if (!event.affectsConfiguration(SETTINGS.tokenizer)) return;
      this.opening = this.current = this.problem = undefined;
      this.changed.fire();
    });
  }

  /** The folder in use. */
  get folder(): string {
    return setting<string>(SETTINGS.tokenizer)?.trim() || this.bundled;
  }

  /** The tokenizer; undefined if it cannot be opened, which is logged once and stays so until the setting changes. */
  get(): Promise<RolloutTokenizer | undefined> {
    this.opening ??= this.open(this.folder);
    return this.opening;
  }

  /** The tokenizer of a model's folder; undefined if it cannot be opened, which is logged. */
  of(folder: string): Promise<RolloutTokenizer | undefined> {
    if (folder === this.folder) return this.get();
    if (this.other?.folder !== folder)
      this.other = { folder, opening: this.load(folder).catch(error => this.refuse(folder, error)) };
    return this.other.opening;
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private async open(folder: string): Promise<RolloutTokenizer | undefined> {
    try {
      const tokenizer = await this.load(folder);
      if (folder !== this.folder) return this.get();
      this.current = tokenizer;
      this.changed.fire();
      return tokenizer;
    } catch (error) {
      if (folder !== this.folder) return this.get();
      this.problem = (error as Error).message;
      this.refuse(folder, error as Error);
      this.changed.fire();
      return undefined;
    }
  }

  private async load(folder: string): Promise<RolloutTokenizer> {
    const started = performance.now();
    // Its library is not needed before the first rollout is shown.
    const { RolloutTokenizer } = await import('../rollout/rolloutTokenizer');
    const tokenizer = await RolloutTokenizer.load(folder);
    this.log.info(`Tokenizer of ${folder} opened in ${(performance.now() - started).toFixed(0)} ms`);
    if (!tokenizer.incremental)
      this.log.info(
        'Its pattern is not known to allow cuts: texts are tokenized whole, after a pause in typing',
      );
    return tokenizer;
  }

  private refuse(folder: string, error: Error): undefined {
    this.log.error(`The tokenizer of ${folder} cannot be opened:`, error);
  }
}
