import * as vscode from 'vscode';
import type { LabelledSpan } from '../core/annotation';
import type { Decorator } from './decorations/decorator';
import type { Display } from './decorations/display';
import type { RolloutDocuments } from './documents/rolloutDocuments';
import type { TokenizerSource } from './documents/tokenizerSource';
import { backtrackingRanges } from './rollout/decorationRanges';
import type { OffsetRange } from './rollout/rolloutTokens';
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
  /** What is wrong with the rollout or its labels. */
  problems: readonly string[];
}

/** What the extension gives to other extensions (`extension.exports`). */
export interface DoubletakeApi {
  /** Milliseconds that activation took. */
  readonly activationTime: number;
  /** The state of an open rollout, once its labels are read and written and its tokens known; undefined if it is no open rollout. */
  rollout(uri: vscode.Uri): Promise<RolloutState | undefined>;
  /** The rollouts that the side bar shows, in natural order of their names, once their files are read. */
  rollouts(): Promise<readonly RolloutRow[]>;
  /** The steering set in its order; the first enabled entry is the active vector. */
  steeringSet(): readonly SteeringEntry[];
  /** Fires when everything of a rollout has been drawn. */
  readonly onDidDraw: vscode.Event<vscode.Uri>;
}

/** Makes the API. */
export function makeApi(
  documents: RolloutDocuments,
  source: TokenizerSource,
  display: Display,
  decorator: Decorator,
  sideBar: SideBar,
  set: SteeringSet,
  activationTime: number,
): DoubletakeApi {
  return {
    activationTime,
    onDidDraw: decorator.onDidDraw,
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
      return {
        labels: rollout.spans,
        windows: shown?.windows ?? [],
        starts: shown?.starts ?? [],
        tokenCount: tokens?.count,
        reviewed: rollout.reviewed,
        problems: [
          rollout.problem,
          rollout.labels.file?.problem,
          ...rollout.labels.ann.problems.map(({ message }) => message),
        ].filter(problem => problem !== undefined),
      };
    },
  };
}
