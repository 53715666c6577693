import { escapeMarkdown, visibleToken } from '../rollout/markdown';
import type { LensColumn } from './lensContract';

/** One model's view of a token. */
export interface LensOfModel {
  title: string;
  column: LensColumn;
  tokenText: (id: number) => string;
}

/**
 * The logit lens as a Markdown table, the last layer on top as in the view: a row for each layer, a column for each
 * model, the `top` likeliest tokens with their share.
 */
export function lensTable(views: LensOfModel[], top: number): string {
  const head = `| layer | ${views.map(({ title }) => escapeMarkdown(title)).join(' | ')} |`;
  const rule = `|---:|${views.map(() => ':---|').join('')}`;
  const layers = Math.max(...views.map(({ column }) => layersOf(column)));
  const rows = Array.from({ length: layers }, (_, layer) => {
    const cells = views.map(view => (layer < layersOf(view.column) ? likeliestTokens(view, layer, top) : ''));
    return `| ${layer} | ${cells.join(' | ')} |`;
  });
  return [head, rule, ...rows.reverse()].join('\n');
}

/** Number of layers of a column. */
export const layersOf = ({ ids, topK }: LensColumn) => ids.length / topK;

function likeliestTokens({ column, tokenText }: LensOfModel, layer: number, top: number): string {
  const { ids, probabilities, topK } = column;
  return Array.from({ length: Math.min(top, topK) }, (_, k) => {
    const at = layer * topK + k;
    return `${escapeMarkdown(visibleToken(tokenText(ids[at])))} ${escapeMarkdown(share(probabilities[at]))}`;
  }).join(' · ');
}

const share = (probability: number) =>
  probability > 0 && probability < 0.005 ? '<1 %' : `${(100 * probability).toFixed(0)} %`;
