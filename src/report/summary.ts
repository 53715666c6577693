import { fixed, percent, short } from '../../webview/charts/numbers';
import type { ReproduceResults } from '../core/results';
import { keyCells } from './keyCells';

/** One paragraph in plain words with the main numbers; says so where the effect is absent or was not measured. */
export function summary(results: ReproduceResults): string {
  return [intention(results), effect(results), controls(results), agreement(results), verdicts(results)]
    .filter(Boolean)
    .join(' ');
}

/** "×6.7", or what a ratio against zero means. */
export function times(value: number, reference: number): string {
  if (!(reference > 0)) return value > 0 ? 'up from none' : 'no change';
  return `×${fixed(value / reference, 1)}`;
}

function intention({ rollouts, choice, vectors }: ReproduceResults): string {
  if (vectors.length === 0)
    return `No vector was computed from ${grouped(rollouts.count)} rollouts of the reasoning model.`;
  return `From ${grouped(rollouts.count)} rollouts of the reasoning model (${grouped(rollouts.tokens)} tokens, ${grouped(rollouts.labels.backtracking ?? 0)} sentences labelled backtracking) a vector was computed on the base model’s activations at layer ${choice.layer}, in windows of ${choice.length} tokens that begin ${place(choice.offset)}.`;
}

/** Where a window begins, in words. */
function place(offset: number): string {
  if (offset === 0) return 'with the sentence';
  return `${Math.abs(offset)} tokens ${offset < 0 ? 'before' : 'after'} the sentence’s first`;
}

function effect(results: ReproduceResults): string {
  const { unsteered, best, bestOfBase } = keyCells(results);
  if (!unsteered || !best) return 'No readable steered text of the reasoning model was measured.';
  const verb = best.low > unsteered.high ? 'raises' : best.b > unsteered.b ? 'may raise' : 'does not raise';
  const numbers = `${percent(unsteered.b)} of words are “wait” or “hmm” without it, ${percent(best.b)} at strength ${short(best.strength)} (${times(best.b, unsteered.b)})`;
  const base = bestOfBase ? ` The base model under the same vectors reaches ${percent(bestOfBase.b)}.` : '';
  return `Added to the reasoning model, it ${verb} backtracking: ${numbers}.${base}`;
}

function controls(results: ReproduceResults): string {
  const { strongestControl: control } = keyCells(results);
  return control
    ? `The strongest control of equal norm, ${control.intervention}, reaches ${percent(control.b)}.`
    : '';
}

function agreement({ cosineByLayer, choice }: ReproduceResults): string {
  const at = cosineByLayer.find(({ layer }) => layer === choice.layer);
  return at
    ? `The vector from the base model and the one from the reasoning model have cosine ${fixed(at.baseReasoning)}.`
    : '';
}

function verdicts({ findings }: ReproduceResults): string {
  if (findings.length === 0) return 'No finding of the paper was judged.';
  const count = (holds: boolean | null) => findings.filter(finding => finding.holds === holds).length;
  const number = (holds: boolean, one: string, many: string) =>
    `${count(holds)} ${count(holds) === 1 ? one : many}`;
  const unmeasured = count(null) > 0 ? `, ${count(null)} not measured` : '';
  return `Of ${findings.length} findings of the paper ${number(true, 'holds', 'hold')} here, ${number(false, 'does not', 'do not')}${unmeasured}.`;
}

/** A count with thin groups of three digits: 48 211. */
export function grouped(count: number): string {
  return Number.isFinite(count) ? String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, '\u202f') : '–';
}
