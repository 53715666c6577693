import { bestReadable, unsteeredCell } from '../core/readableCells';
import type { Finding, ReproduceResults, SteeredCell } from '../core/results';

/** The paper's findings, judged from what was measured. */
export function judgeFindings(r: Omit<ReproduceResults, 'findings'>): Finding[] {
  const ours = r.twoByTwo.filter(c => c.model === 'reasoning' && c.intervention === 'base-derived');
  const unsteered = unsteeredCell(ours);
  const best = bestReadable(
    ours.filter(c => c.strength > 0),
    ours,
  );
  return [
    raisesBacktracking(best, unsteered),
    aboveControls(r),
    minusSuppresses(r),
    baseStaysStill(r, best),
    vectorsAgree(r),
    lensIsFlat(r),
    optimum(r),
  ];
}

function raisesBacktracking(best: SteeredCell | undefined, unsteered: SteeredCell | undefined): Finding {
  const claim =
    'The base-derived vector makes the reasoning model backtrack: b rises at least fivefold while the text stays readable';
  if (!best || !unsteered) return unknown('fig3', claim, 'no cell with readable text');
  const ratio = best.b / unsteered.b;
  return {
    id: 'fig3',
    claim,
    holds: unsteered.b > 0 ? ratio >= 5 : best.b > 0,
    evidence: `b ${rate(unsteered)} without steering, ${rate(best)} at strength ${best.strength}${Number.isFinite(ratio) ? `: ×${ratio.toFixed(1)}` : ''}; ${percent(best.degenerate)} of those traces fall apart`,
  };
}

function aboveControls(r: Pick<ReproduceResults, 'baselines'>): Finding {
  // Our own cells stand in the figure too, measured on the same prompts as the controls.
  const ours = r.baselines.filter(c => c.intervention === 'base-derived');
  const unsteered = unsteeredCell(ours);
  const best = bestReadable(
    ours.filter(c => c.strength > 0),
    ours,
  );
  const claim = 'It raises b at least twice as far as any control of the same norm';
  const controls = r.baselines.filter(
    c => c.intervention !== 'base-derived' && c.intervention !== 'none' && c.strength !== 0,
  );
  if (!best || !unsteered || controls.length === 0) return unknown('fig4', claim, 'no controls were run');
  const strongest = bestReadable(controls, [unsteered]);
  if (!strongest) return unknown('fig4', claim, 'no control left the text readable');
  const rise = best.b - unsteered.b;
  const theirs = strongest.b - unsteered.b;
  return {
    id: 'fig4',
    claim,
    holds: rise > 0 && rise >= 2 * theirs,
    evidence: `rise ${percent(rise, 2)}; the strongest control, ${strongest.intervention} at ${strongest.strength}, rises by ${percent(theirs, 2)}`,
  };
}

function minusSuppresses(r: Pick<ReproduceResults, 'baselines'>): Finding {
  const unsteered = unsteeredCell(r.baselines);
  const claim = 'The opposite vector, −v, suppresses backtracking';
  const minus = r.baselines.filter(c => c.intervention === '−v' && c.strength !== 0);
  if (!unsteered || minus.length === 0) return unknown('minus', claim, '−v was not run');
  const lowest = minus.reduce((a, c) => (c.b < a.b ? c : a));
  return {
    id: 'minus',
    claim,
    holds: lowest.high < unsteered.b,
    evidence: `b ${rate(lowest)} at strength ${lowest.strength}, against ${rate(unsteered)}`,
  };
}

function baseStaysStill(r: Pick<ReproduceResults, 'twoByTwo'>, best: SteeredCell | undefined): Finding {
  const claim = 'The base model does not backtrack under either vector: its b stays under a tenth';
  const base = r.twoByTwo.filter(c => c.model === 'base');
  if (!best || base.length === 0) return unknown('base', claim, 'the base model was not steered');
  const highest = base.reduce((a, c) => (c.b > a.b ? c : a));
  return {
    id: 'base',
    claim,
    holds: highest.b < best.b / 10,
    evidence: `highest b of the base model ${rate(highest)} (${highest.intervention}, strength ${highest.strength}), against ${rate(best)}`,
  };
}

function vectorsAgree(r: Pick<ReproduceResults, 'cosineByLayer' | 'choice'>): Finding {
  const claim =
    'Base-derived and reasoning-derived vectors nearly agree (cosine above 0.7), more than v agrees with any other label’s';
  const at = r.cosineByLayer.find(c => c.layer === r.choice.layer);
  if (!at) return unknown('cosine', claim, 'not harvested');
  const others = Object.entries(at.otherLabels).sort((a, b) => b[1] - a[1]);
  const [label, nearest] = others[0] ?? ['', -1];
  return {
    id: 'cosine',
    claim,
    holds: at.baseReasoning > 0.7 && at.baseReasoning > nearest,
    evidence: `cosine ${at.baseReasoning.toFixed(2)} at layer ${at.layer}${label ? `; nearest other label ${label} ${nearest.toFixed(2)}` : ''}`,
  };
}

function lensIsFlat(r: Pick<ReproduceResults, 'lensByLayer' | 'choice'>): Finding {
  const claim = 'By logit lens the base-derived vector does not point at “wait” or “but” at that layer';
  const at = r.lensByLayer.filter(l => l.layer === r.choice.layer && l.vector === 'base-derived');
  if (at.length === 0) return unknown('lens', claim, 'the vocabulary has no such tokens');
  return {
    id: 'lens',
    claim,
    holds: at.every(l => l.percentile < 0.95),
    evidence: at
      .map(
        l =>
          `mean logit at percentile ${(100 * l.percentile).toFixed(0)} of the ${l.unembedding} model’s vocabulary`,
      )
      .join(', '),
  };
}

function optimum(r: Pick<ReproduceResults, 'windows' | 'layers' | 'choice'>): Finding {
  const claim =
    'Windows and layers have an optimum that is neither a window with the word itself nor the last layer';
  const window = bestReadable(
    r.windows.filter(c => c.strength > 0),
    r.windows,
  );
  const layer = bestReadable(
    r.layers.filter(c => c.strength > 0),
    r.layers,
  );
  if (!window || !layer) return unknown('optimum', claim, 'no sweep was run');
  const last = Math.max(...r.layers.map(c => c.layer));
  return {
    id: 'optimum',
    claim,
    // A window that ends before the sentence does not hold the word itself.
    holds: window.offset !== null && window.offset + r.choice.length <= 0 && layer.layer < last,
    evidence: `best window begins at ${String(window.offset).replace('-', '−')} (b ${rate(window)}), best layer ${layer.layer} of 0…${last} (b ${rate(layer)})`,
  };
}

function unknown(id: string, claim: string, evidence: string): Finding {
  return { id, claim, holds: null, evidence };
}

function rate(cell: SteeredCell): string {
  return `${percent(cell.b, 2)} [${(100 * cell.low).toFixed(2)}, ${(100 * cell.high).toFixed(2)}]`;
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
