import { fixed, percent, short } from '../../webview/charts/numbers';
import { bestReadable, READABLE_MARGIN, unsteeredCell } from '../core/readableCells';
import type { ReproduceResults } from '../core/results';
import { highest, keyCells } from './keyCells';
import { times } from './summary';

/** What a figure measures, what the paper found, and what is seen here. */
export interface Caption {
  measured: string;
  paper: string;
  here: string;
}

const APART = `the share of texts that fall apart is over ${100 * READABLE_MARGIN} percentage points above the unsteered`;
const CROSS = `A cross marks cells in which ${APART}.`;
const NOTHING = 'Nothing was measured.';

/** Fig. 3. */
export function twoByTwoCaption(results: ReproduceResults): Caption {
  const { unsteered, best, bestTheirs, bestOfBase } = keyCells(results);
  const lines = [
    best &&
      unsteered &&
      `The base-derived vector takes b of the reasoning model from ${percent(unsteered.b)} to ${percent(best.b)} (${times(best.b, unsteered.b)}) at strength ${short(best.strength)} with readable text.`,
    bestTheirs &&
      `The reasoning-derived vector reaches ${percent(bestTheirs.b)} at strength ${short(bestTheirs.strength)}.`,
    bestOfBase && `The base model reaches ${percent(bestOfBase.b)} at most.`,
  ].filter(Boolean);
  return {
    measured: `b, the share of words that are “wait” or “hmm”, averaged over ${unsteered?.n ?? 'all'} traces a cell, against strength. Bars are 95 % bootstrap intervals of the mean; standard deviations stand in the table. ${CROSS}`,
    paper:
      'Either vector makes the reasoning model backtrack more the harder it is pushed; the base model stays near 0.',
    here: lines.length > 0 ? lines.join(' ') : NOTHING,
  };
}

/** Fig. 4. */
export function baselinesCaption(results: ReproduceResults): Caption {
  const { unsteered, best, strongestControl: control } = keyCells(results);
  const rise = best && unsteered ? best.b - unsteered.b : Number.NaN;
  const theirs = control && unsteered ? control.b - unsteered.b : Number.NaN;
  const compared =
    rise <= 0
      ? 'Our vector does not raise b.'
      : theirs <= 0
        ? 'No readable control raises b at all.'
        : `Our vector’s rise is ${fixed(rise / theirs, 1)} times that of the strongest readable control, ${control?.intervention} (${percent(control?.b ?? Number.NaN)}).`;
  return {
    measured: `b of the reasoning model under the base-derived vector and under controls of the same norm; self-amplification has the gain that moves the mean activation as far. ${CROSS}`,
    paper: 'Noise of the same norm has a small effect; the vector is far above every baseline.',
    here: Number.isFinite(rise) && Number.isFinite(theirs) ? compared : 'No readable control was measured.',
  };
}

/** Fig. 2. */
export function windowsCaption({ windows, choice }: ReproduceResults): Caption {
  const steered = windows.filter(cell => cell.offset !== null && cell.strength !== 0);
  const best = bestReadable(steered, windows);
  const unsteered = unsteeredCell(windows);
  const against = unsteered ? `, against ${percent(unsteered.b)} unsteered` : '';
  return {
    measured: `b of the reasoning model by the window that the base-derived vector is computed from (${choice.length} tokens) and strength. In hatched cells ${APART}. The outlined cell is the highest readable one.`,
    paper: 'Windows that begin 13 to 8 tokens before the backtracking sentence work best.',
    here: best
      ? `Highest at ${short(best.offset ?? 0)} with strength ${short(best.strength)}: ${percent(best.b)}${against}.`
      : steered.length > 0
        ? `No cell has readable text${against}.`
        : NOTHING,
  };
}

/** App. B. */
export function layersCaption({ layers, reasoning }: ReproduceResults): Caption {
  const steered = layers.filter(({ intervention, strength }) => intervention !== 'none' && strength !== 0);
  const best = bestReadable(steered, layers) ?? highest(steered);
  const unsteered = unsteeredCell(layers);
  const risen = best && unsteered ? (best.low > unsteered.high ? 'above' : 'not clearly above') : undefined;
  return {
    measured: `b of the reasoning model when the vector of each layer is added at that layer, all at one strength. Bars are 95 % bootstrap intervals. ${CROSS}`,
    paper: 'Best about layer 10 of 32, a third of the way up.',
    here: best
      ? `Best at layer ${best.layer} (of 0 to ${reasoning.layers - 1}): ${percent(best.b)}${risen && unsteered ? `, ${risen} the unsteered ${percent(unsteered.b)}` : ''}.`
      : NOTHING,
  };
}

/** The cosine of the two vectors. */
export function cosineCaption({ cosineByLayer, choice }: ReproduceResults): Caption {
  const at = cosineByLayer.find(({ layer }) => layer === choice.layer);
  const nearest = Object.entries(at?.otherLabels ?? {}).sort((a, b) => b[1] - a[1])[0];
  return {
    measured:
      'Cosine between the backtracking vector of the base model and that of the reasoning model, by layer; thin: between the base-derived vector and those of other labels; dotted: between vectors from two halves of the rollouts, which tells how much a vector depends on the rollouts it came from. The two models’ vectors share all of theirs, so their cosine can be higher.',
    paper: 'About 0.74 at the layer and window used.',
    here: at
      ? `${fixed(at.baseReasoning)} at layer ${at.layer}${nearest ? `; the nearest other label is ${nearest[0]} with ${fixed(nearest[1])}` : ''}.`
      : NOTHING,
  };
}

/** Fig. 5. */
export function lensCaption({ lensByLayer, choice }: ReproduceResults): Caption {
  const at = lensByLayer.filter(({ layer, vector }) => layer === choice.layer && vector === 'base-derived');
  return {
    measured:
      's(v): the mean logit that the vector alone gives to the tokens with “wait” or “but”, by layer, for two vectors and two unembeddings (W_U).',
    paper:
      'At early and middle layers base-derived vectors do not point at these tokens: what they add is not the word itself.',
    here:
      at.length > 0
        ? at
            .map(
              p =>
                `With the ${p.unembedding} unembedding the base-derived vector at layer ${p.layer} scores ${fixed(p.score, 3)}, above ${percent(p.percentile, 0)} of the vocabulary.`,
            )
            .join(' ')
        : NOTHING,
  };
}

/** Fig. 6. */
export function projectionCaption({ projection }: ReproduceResults): Caption {
  const tokens = (projection?.tokens ?? []).filter(token => Number.isFinite(token.projection));
  const mean = (some: typeof tokens) => some.reduce((sum, token) => sum + token.projection, 0) / some.length;
  const starts = tokens.filter(token => token.backtracking);
  const rest = tokens.filter(token => !token.backtracking);
  return {
    measured: `Each token’s centred activation projected on the base-derived vector${projection ? `, over the trace ${projection.name}` : ''}: blue along it, orange against it. Backtracking starts are outlined and marked ↺.`,
    paper: 'The projection is dense and does not line up cleanly with backtracking.',
    here:
      starts.length > 0 && rest.length > 0
        ? `Mean projection ${fixed(mean(starts))} at the ${starts.length === 1 ? 'marked start' : `${starts.length} marked starts`}, ${fixed(mean(rest))} at the other tokens.`
        : tokens.length > 0
          ? 'The trace has no marked backtracking start.'
          : NOTHING,
  };
}
