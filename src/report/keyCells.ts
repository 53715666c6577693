import { isNoise } from '../../webview/charts/cellSeries';
import { bestReadable, measured, unsteeredCell } from '../core/readableCells';
import type { ReproduceResults, SteeredCell } from '../core/results';

/** The cells that summary and captions speak of; undefined where nothing was measured. */
export interface KeyCells {
  unsteered: SteeredCell | undefined;
  /** Highest b of the reasoning model under the base-derived vector while the text is readable. */
  best: SteeredCell | undefined;
  /** The same for the reasoning-derived vector. */
  bestTheirs: SteeredCell | undefined;
  /** Highest b of the base model under either vector. */
  bestOfBase: SteeredCell | undefined;
  /** The control with the highest b while its text is readable. */
  strongestControl: SteeredCell | undefined;
}

/** Picks the key cells of a run; "readable" is the limit that the charts mark. */
export function keyCells(results: Pick<ReproduceResults, 'twoByTwo' | 'baselines'>): KeyCells {
  const reasoning = results.twoByTwo.filter(({ model }) => model === 'reasoning');
  const steered = (intervention: string) =>
    reasoning.filter(c => c.intervention === intervention && c.strength > 0);
  return {
    unsteered: unsteeredCell(results.twoByTwo),
    best: bestReadable(steered('base-derived'), reasoning),
    bestTheirs: bestReadable(steered('reasoning-derived'), reasoning),
    bestOfBase: highest(results.twoByTwo.filter(({ model, strength }) => model === 'base' && strength !== 0)),
    strongestControl: bestReadable(results.baselines.filter(isControl), [...reasoning, ...results.baselines]),
  };
}

/** Whether a cell of Fig. 4 is a control rather than one of the two vectors. */
export function isControl({ intervention, strength }: SteeredCell): boolean {
  return strength !== 0 && !['none', 'base-derived', 'reasoning-derived'].includes(intervention);
}

/** For each control the readable cell of highest b; all noise seeds count as one control. Highest first. */
export function bestOfEachControl(cells: readonly SteeredCell[]): SteeredCell[] {
  const groups = new Map<string, SteeredCell[]>();
  for (const cell of measured(cells).filter(isControl)) {
    const name = isNoise(cell.intervention) ? 'noise' : cell.intervention;
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  return [...groups.values()]
    .map(group => bestReadable(group, cells) ?? highest(group)!)
    .sort((a, b) => b.b - a.b);
}

/** The cell of highest b, or undefined without cells. */
export function highest(cells: readonly SteeredCell[]): SteeredCell | undefined {
  return measured(cells).reduce<SteeredCell | undefined>((a, c) => (a && a.b >= c.b ? a : c), undefined);
}
