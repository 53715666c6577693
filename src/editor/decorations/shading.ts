import * as vscode from 'vscode';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import type { TokenizerSource } from '../documents/tokenizerSource';
import type { ModelPair } from '../models/modelPair';
import { TokenScoring } from '../models/tokenScoring';
import { SHADE_NAMES, type ShadeKind } from '../rollout/shadeScale';
import type { SteeringSet } from '../steering/steeringSet';
import { RolloutShading } from './rolloutShading';

const REMEMBERED = 'doubletake.shading';

/**
 * What the tokens of visible rollouts are shaded by, kept for the workspace. Models are opened when a person chooses a
 * shading; one that is remembered waits until they run.
 */
export class Shading implements vscode.Disposable {
  private readonly shadings = new Map<RolloutDocument, RolloutShading>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];
  private readonly scoring: TokenScoring;
  /** Another choice, or values that came. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly documents: RolloutDocuments,
    source: TokenizerSource,
    pair: ModelPair,
    set: SteeringSet,
    private readonly memory: vscode.Memento,
    private readonly report: (error: unknown) => void,
  ) {
    this.scoring = new TokenScoring(pair, set, source);
    const refresh = () => this.refresh();
    this.listeners = [
      this.changed,
      documents.onDidChange(({ rollout, change }) => {
        if (change === 'text') this.shadings.get(rollout)?.edited();
      }),
      documents.onDidClose(rollout => this.forget(rollout)),
      vscode.window.onDidChangeVisibleTextEditors(refresh),
      pair.onDidChange(refresh),
      set.onDidChange(refresh),
    ];
    refresh();
  }

  /** What is shaded; undefined for nothing. */
  get kind(): ShadeKind | undefined {
    const kind = this.memory.get<string>(REMEMBERED, '');
    return Object.hasOwn(SHADE_NAMES, kind) ? (kind as ShadeKind) : undefined;
  }

  /** The shading of a rollout, if it has one. */
  of(rollout: RolloutDocument): RolloutShading | undefined {
    return this.shadings.get(rollout);
  }

  /** Shades every visible rollout anew, `first` before the others with its progress shown; undefined shades none. */
  async choose(kind: ShadeKind | undefined, first: RolloutDocument): Promise<void> {
    await this.memory.update(REMEMBERED, kind);
    for (const rollout of [...this.shadings.keys()]) this.forget(rollout);
    this.changed.fire();
    if (!kind) return;
    await this.add(first, kind).read(true);
    this.refresh();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    for (const shading of this.shadings.values()) shading.dispose();
  }

  /** Shades the rollouts that have come into sight, and all of them if models or vectors are others now. */
  private refresh(): void {
    const { kind } = this;
    if (!kind) return;
    for (const { document } of vscode.window.visibleTextEditors) {
      const rollout = this.documents.of(document);
      if (rollout && !this.shadings.has(rollout)) this.add(rollout, kind);
    }
    for (const shading of this.shadings.values()) void shading.readIfReady();
  }

  private add(rollout: RolloutDocument, kind: ShadeKind): RolloutShading {
    const shading = new RolloutShading(rollout, kind, this.scoring, () => this.changed.fire(), this.report);
    this.shadings.set(rollout, shading);
    return shading;
  }

  private forget(rollout: RolloutDocument): void {
    this.shadings.get(rollout)?.dispose();
    this.shadings.delete(rollout);
  }
}
