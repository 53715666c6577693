import * as vscode from 'vscode';
import type { LabelledSpan } from '../core/annotation';
import type { Decorator, Drawn } from './decorations/decorator';
import type { Display } from './decorations/display';
import type { Shading } from './decorations/shading';
import type { RolloutDocuments } from './documents/rolloutDocuments';
import type { TokenizerSource } from './documents/tokenizerSource';
import type { ModelPair, ModelStatus, Which } from './models/modelPair';
import { backtrackingRanges } from './rollout/decorationRanges';
import type { OffsetRange } from './rollout/rolloutTokens';
import type { ShadeKind } from './rollout/shadeScale';
import type { SteeringEntry, SteeringSet } from './steering/steeringSet';
import type { RolloutRow } from './views/rows/rolloutRow';
import type { SideBar } from './views/sideBar';

/** What an open rollout shows; all ranges are UTF-16 [start, end) of the document. */
export interface RolloutState {
  labels: readonly LabelledSpan[];
  windows: readonly OffsetRange[];
  starts: readonly OffsetRange[];
  /** The template's tokens included. */
  tokenCount: number | undefined;
  reviewed: boolean;
  /** What its tokens are shaded by, and the values by position (the template's tokens included), NaN where none is known. */
  shading: { kind: ShadeKind; values: readonly number[] } | undefined;
  /** What is wrong with the rollout or its labels. */
  problems: readonly string[];
}

/** What the extension gives to other extensions (`extension.exports`). */
export interface DoubletakeApi {
  /** Milliseconds that activation took. */
  readonly activationTime: number;
  /** The state of an open rollout, once its labels are read and written and its tokens known; undefined if it is no open rollout. */
  rollout(uri: vscode.Uri): Promise<RolloutState | undefined>;
  /** What is known of the base or the reasoning model; nothing is opened by asking. */
  model(which: Which): ModelStatus;
  /** Fires when a rollout has been drawn. */
  readonly onDidDraw: vscode.Event<Drawn>;
  /** The rollouts that the side bar shows, in natural order of their names, once their files are read. */
  rollouts(): Promise<readonly RolloutRow[]>;
  /** The steering set in its order; the first enabled entry is the active vector. */
  steeringSet(): readonly SteeringEntry[];
}

/** What the API speaks for. */
export interface ApiParts {
  documents: RolloutDocuments;
  source: TokenizerSource;
  display: Display;
  decorator: Decorator;
  pair: ModelPair;
  shading: Shading;
  sideBar: SideBar;
  set: SteeringSet;
  activationTime: number;
}

/** Makes the API. */
export function makeApi({
  documents,
  source,
  display,
  decorator,
  pair,
  shading,
  sideBar,
  set,
  activationTime,
}: ApiParts): DoubletakeApi {
  return {
    activationTime,
    onDidDraw: decorator.onDidDraw,
    model: which => pair.status(which),
    rollouts: () => sideBar.shown(),
    steeringSet: () => set.entries,
    rollout: async uri => {
      const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri.toString());
      const rollout = document && (await documents.loaded(document));
      if (!rollout) return undefined;
      await rollout.labels.idle();
      const tokens = rollout.tokensOf(await source.get());
      tokens?.encodeUntil(Number.POSITIVE_INFINITY);
      const all = { start: 0, end: rollout.text.length + 1 };
      const shown = tokens && backtrackingRanges(rollout.spans, tokens, display.windowOf(uri), all);
      const shaded = shading.of(rollout);
      return {
        labels: rollout.spans,
        windows: shown?.windows ?? [],
        starts: shown?.starts ?? [],
        tokenCount: tokens?.count,
        reviewed: rollout.reviewed,
        shading: shaded && { kind: shaded.kind, values: [...shaded.values] },
        problems: [
          rollout.problem,
          rollout.labels.file?.problem,
          ...rollout.labels.ann.problems.map(({ message }) => message),
        ].filter(problem => problem !== undefined),
      };
    },
  };
}
