import * as vscode from 'vscode';
import { CancelledError } from '../../rpc/messages';
import { describeMeasures } from './completionMeasures';
import { type Completion, type Completions, closeTabs } from './completions';
import { anySeed, RowState, runSteered, type SteeredRequest } from './steeredRun';
import { type Prepared, sentence } from './steeringParts';
import type { SteeringVector } from './steeringSet';
import { startText } from './steeringStart';

interface Run {
  strength: number;
  request: SteeredRequest;
  state: RowState;
  controller: AbortController;
  /** Resolves when it ended; rejects with why it broke off. */
  ended: Promise<void>;
}

/** A steered completion beside the rollout, begun anew for every strength; one seed makes the strengths comparable. */
export class LivePreview {
  private readonly completion: Completion;
  private run: Run | undefined;
  private vectors: SteeringVector[];
  private seed: number;
  private readonly told = new vscode.EventEmitter<{
    message: string;
    severity: vscode.InputBoxValidationSeverity;
  }>();
  /** How the run goes, for a line that a person reads. */
  readonly onDidTell = this.told.event;

  constructor(
    completions: Completions,
    private readonly prepared: Prepared,
    seed: number | undefined,
  ) {
    this.vectors = prepared.vectors;
    this.seed = seed ?? anySeed();
    this.completion = completions.begin(
      `${prepared.start.name}.steered.rollout.txt`,
      startText(prepared.start),
    );
  }

  get uri(): vscode.Uri {
    return this.completion.uri;
  }

  /** Aborted when the preview's tab is closed. */
  get closed(): AbortSignal {
    return this.completion.closed;
  }

  /** Shows the document beside the rollout; `keep` also takes the focus and keeps its tab. */
  async show(keep: boolean): Promise<void> {
    const shown = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === this.uri.toString(),
    );
    const editor = await vscode.window.showTextDocument(this.uri, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
      preserveFocus: !keep,
      preview: !keep,
    });
    if (shown) return;
    const end = editor.document.positionAt(startText(this.prepared.start).length);
    editor.selection = new vscode.Selection(end, end);
    editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Begins the completion of a strength, unless it is the one that runs; the one before is cancelled. */
  start(strength: number): void {
    if (this.run?.strength === strength) return;
    this.cancel();
    const { model, start } = this.prepared;
    const request = { model, start, vectors: this.vectors, rows: [{ strength, seed: this.seed }] };
    const state = new RowState();
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.closed]);
    let running = true;
    this.completion.show(startText(start));
    this.completion.steered = { request, row: 0, state, running: () => running };
    const run: Run = { strength, request, state, controller, ended: Promise.resolve() };
    this.run = run;
    run.ended = runSteered(request, [state], signal, (_, added) => {
      this.completion.append(added);
      this.tell(run);
    })
      .finally(() => {
        running = false;
      })
      .then(() => this.tell(run));
    run.ended.catch(error => {
      // So that typing the same strength again tries again.
      if (this.run === run && !(error instanceof CancelledError)) this.broke(error);
    });
  }

  /** Goes on with the last strength under other vectors. */
  steerWith(vectors: SteeringVector[]): void {
    this.vectors = vectors;
    this.again();
  }

  /** Another draw. */
  reseed(): void {
    this.seed = anySeed();
    this.again();
  }

  /** The run of this strength, begun if need be: it rejects if it breaks off. */
  keep(strength: number): Run {
    this.start(strength);
    return this.run!;
  }

  private again(): void {
    const { strength } = this.run ?? {};
    this.cancel();
    if (strength !== undefined) this.start(strength);
  }

  /** Ends the run within a token. */
  cancel(): void {
    this.run?.controller.abort();
    this.run = undefined;
  }

  /** As if it had never been. */
  async discard(): Promise<void> {
    this.cancel();
    await closeTabs(this.uri);
  }

  private tell(run: Run): void {
    if (this.run !== run) return;
    const { measures } = run.state;
    const { Info, Warning } = vscode.InputBoxValidationSeverity;
    const state = run.state.finish ? '' : ' …';
    this.told.fire({
      message: describeMeasures(measures) + state,
      severity: measures.fallsApart ? Warning : Info,
    });
  }

  private broke(error: unknown): void {
    this.run = undefined;
    const message = `${sentence(error)} Change the strength to try again.`;
    this.told.fire({ message, severity: vscode.InputBoxValidationSeverity.Error });
  }
}
