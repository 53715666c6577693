import type { Method } from '../../rpc/messages';

/** Whose logit lens the view shows. */
export type LensChoice = 'reasoning' | 'base' | 'both';

/** The logit lens of one token at L layers. */
export interface LensColumn {
  /** Place among all tokens of the rollout. */
  position: number;
  /** Tokens for each layer. */
  topK: number;
  /** int32 [L·topK], likeliest first. */
  ids: Int32Array;
  /** float32 [L·topK]. */
  probabilities: Float32Array;
  /** −log2 p(token | tokens before), bits; null for the first token. */
  surprisal: number | null;
  /** float32 [L], resid_post · active vector. */
  projections: Float32Array | null;
}

/** A token of the stretch that the view shows. */
export interface LensToken {
  position: number;
  id: number;
  /** White space made visible. */
  text: string;
  /** False for what the chat template wrote. */
  inFile: boolean;
}

/** What one model makes of the stretch. */
export interface LensGrid {
  which: 'reasoning' | 'base';
  /** The model's name. */
  name: string;
  layers: number;
  /** One for each token of the stretch. */
  columns: LensColumn[];
  /** Every token that the columns name, white space made visible. */
  texts: Record<number, string>;
  /** Name and layer of the vector that is projected on. */
  vector: { name: string; layer: number } | null;
}

/** A layer and a position. */
export interface LensCell {
  layer: number;
  position: number;
}

/** What the view is at. */
export type LensStatus =
  | { kind: 'ready' }
  /** No rollout is shown; the sentence says what to do. */
  | { kind: 'noRollout' }
  /** A model has to be opened first. `problem` says how the last one ended. */
  | { kind: 'closed'; which: 'reasoning' | 'base'; folder: string; problem: string | null }
  | { kind: 'opening' }
  | { kind: 'reading'; done: number; total: number }
  | { kind: 'failed'; problem: string };

/** Everything that the view draws. The host owns it and sends it whole. */
export interface LensSnapshot {
  status: LensStatus;
  /** Name of the rollout's file; empty if there is none. */
  title: string;
  pinned: boolean;
  choice: LensChoice;
  /** The stretch, empty before something was read; it stays while the next one is read. */
  tokens: LensToken[];
  grids: LensGrid[];
  /** Whether the rollout goes on before and after the stretch. */
  earlier: boolean;
  later: boolean;
  /** Grows when tokens and grids are others. */
  stretch: number;
  selected: LensCell;
  /** Grows when the host moves the selection; else the page's own counts. */
  moves: number;
}

/** What the host asks of the page. */
export interface LensPageContract {
  show: Method<LensSnapshot, null>;
}

/** What the page asks of the host. */
export interface LensHostContract {
  /** The page is there, perhaps again. */
  ready: Method<null, LensSnapshot>;
  /** The selection was moved by the person. */
  select: Method<LensCell, null>;
  /** Selects the token in the editor. */
  goTo: Method<{ position: number }, null>;
  /** Shows the stretch before or after, in which that position is selected. */
  turn: Method<{ position: number }, null>;
  pin: Method<{ pinned: boolean }, null>;
  choose: Method<{ choice: LensChoice }, null>;
  /** Opens the models that are to be shown, or reads again after a failure. */
  open: Method<null, null>;
}
