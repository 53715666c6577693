/** Median, least and greatest of some ratios. */
export interface Ratio {
  median: number;
  least: number;
  most: number;
}

/** Two sides measured in turn: median seconds of each and the ratios second / first of neighbouring runs. */
export interface Pairs {
  first: Measured;
  second: Measured;
  ratio: Ratio;
}

/** Median seconds of one side. */
export interface Measured {
  wall: number;
  /** Processor seconds; undefined where the system does not count them. */
  cpu?: number;
}

/** One run of one side. */
export type Run = () => Promise<Measured>;

/**
 * Runs two sides in turn, `runs` times each, the order swapped each time: whatever else the machine does falls on both,
 * and a ratio compares neighbours only.
 */
export async function inPairs(runs: number, first: Run, second: Run): Promise<Pairs> {
  const a: Measured[] = [];
  const b: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    const sides = [() => quietly(first).then(m => a.push(m)), () => quietly(second).then(m => b.push(m))];
    if (run % 2) sides.reverse();
    for (const side of sides) await side();
  }
  const ratios = a.map((m, i) => b[i].wall / m.wall).sort((x, y) => x - y);
  return {
    first: medians(a),
    second: medians(b),
    ratio: { median: median(ratios), least: ratios[0], most: ratios[ratios.length - 1] },
  };
}

/** Medians of some runs of one side alone. */
export async function alone(runs: number, run: Run): Promise<Measured> {
  const measured: Measured[] = [];
  for (let i = 0; i < runs; i++) measured.push(await quietly(run));
  return medians(measured);
}

// Thread pools of both sides spin for a moment after their last job.
const SPIN_DOWN_MS = 100;

async function quietly(run: Run): Promise<Measured> {
  await new Promise(resolve => setTimeout(resolve, SPIN_DOWN_MS));
  return run();
}

function medians(runs: Measured[]): Measured {
  const cpu = runs.map(run => run.cpu).filter(value => value !== undefined);
  return { wall: median(runs.map(run => run.wall)), cpu: cpu.length ? median(cpu) : undefined };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
