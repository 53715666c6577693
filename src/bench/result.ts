import type { Measured, Ratio } from './pairs';
import type { Memory } from './procfs';

/** One line of the table. */
export interface Result {
  item: string;
  model: string;
  /** Rows in a batch, texts, tokens: what was run. */
  workload: string;
  unit: 'ms/token' | 's';
  ours: Measured;
  peer?: Measured;
  /** Name of the other side. */
  against?: string;
  /** How many times faster than the other side (or, for memory, smaller). */
  ratio?: Ratio;
  target?: string;
  met?: boolean;
  memory?: { ours?: Memory; peer?: Memory };
  note?: string;
}

/** Seconds for a number of tokens as milliseconds per token. */
export function perToken({ wall, cpu }: Measured, tokens: number): Measured {
  const scale = 1000 / tokens;
  return { wall: wall * scale, cpu: cpu === undefined ? undefined : cpu * scale };
}

/** Whether a ratio reaches its target, and how the target reads. */
export function atLeast(
  target: number | undefined,
  ratio: Ratio | undefined,
): Pick<Result, 'target' | 'met'> {
  if (target === undefined) return {};
  return { target: `≥ ${target}×`, met: ratio && ratio.median >= target };
}
