import type { Label } from './labels';

/** One cell of a steering figure: what `n` traces of a model did under one intervention. */
export interface SteeredCell {
  model: 'base' | 'reasoning';
  /** What was added: `none`, `base-derived`, `reasoning-derived`, or the name of a control. */
  intervention: string;
  layer: number;
  /** First token of the window the vector was computed from; null where there is no window. */
  offset: number | null;
  /** Multiplier of the vector, or the gain c of self-amplification. */
  strength: number;
  n: number;
  /** b of Eq. 1, mean over the traces, its standard deviation and 95 % bootstrap interval. */
  b: number;
  sd: number;
  low: number;
  high: number;
  /** Share of the traces whose text falls apart. */
  degenerate: number;
  /** Mean share of repeated 4-grams. */
  repeatedFourGrams: number;
}

/** Cosines at one layer between difference-of-means vectors. */
export interface CosineAtLayer {
  layer: number;
  /** Between the base-derived and the reasoning-derived backtracking vector. */
  baseReasoning: number;
  /** Between the base-derived backtracking vector and the base-derived vector of each other label. */
  otherLabels: Record<Label, number>;
  /** Split-half stability of the two vectors; null where a half has no window. */
  splitHalfBase: number | null;
  splitHalfReasoning: number | null;
}

/** Fig. 5 at one layer: s(v) for one vector and one unembedding. */
export interface LensAtLayer {
  layer: number;
  vector: 'base-derived' | 'reasoning-derived';
  unembedding: 'base' | 'reasoning';
  score: number;
  /** Share of the vocabulary (0…1) whose own logit lies below the score. */
  percentile: number;
}

/** Fig. 6: one trace with each token's centred projection on the base-derived vector. */
export interface ProjectedTrace {
  name: string;
  tokens: { text: string; projection: number; backtracking: boolean }[];
}

/** One of the paper's findings, and whether it holds for this pair; null where it could not be measured. */
export interface Finding {
  id: string;
  claim: string;
  holds: boolean | null;
  evidence: string;
}

/** Everything that `reproduce` measured: its report, its tables and the panel are drawn from this. */
export interface ReproduceResults {
  toolVersion: string;
  base: { name: string; hash: string; layers: number; dModel: number };
  reasoning: { name: string; hash: string; layers: number; dModel: number };
  rollouts: { count: number; tokens: number; labels: Record<Label, number>; b: number };
  /** Where the vectors were computed and added. */
  choice: { layer: number; offset: number; length: number };
  vectors: {
    source: 'base-derived' | 'reasoning-derived';
    norm: number;
    /** Norm of the mean activation at the layer. */
    meanNorm: number;
    positives: number;
    windows: number;
    splitHalf: number | null;
  }[];
  cosineByLayer: CosineAtLayer[];
  lensByLayer: LensAtLayer[];
  /** Fig. 3: {base, reasoning} × {base-derived, reasoning-derived} × strengths. */
  twoByTwo: SteeredCell[];
  /** Fig. 4: controls on the reasoning model at equal norm, by strength; the base-derived vector among them. */
  baselines: SteeredCell[];
  /** Fig. 2: window offsets × strengths on the reasoning model. */
  windows: SteeredCell[];
  /** App. B: every layer at one strength on the reasoning model. */
  layers: SteeredCell[];
  projection: ProjectedTrace | null;
  /** One prompt, unsteered and steered with the same seed. */
  example: { prompt: string; strength: number; unsteered: string; steered: string } | null;
  findings: Finding[];
  /** Seconds of each stage. */
  seconds: Record<string, number>;
  /** What repeats this run. */
  settings: { seed: number; prompts: number; strengths: number[]; command: string };
}
