import type { LensAtResult } from '../../model/contract';
import { escapeMarkdown, visibleToken } from '../rollout/markdown';

/** One model's view of a token. */
export interface LensView {
  title: string;
  result: LensAtResult;
  tokenText: (id: number) => string;
}

/** The logit lens as a Markdown table: a row for each layer, a column for each model, the likeliest tokens with their share. */
export function lensTable(views: LensView[]): string {
  const head = `| layer | ${views.map(({ title }) => escapeMarkdown(title)).join(' | ')} |`;
  const rule = `|---:|${views.map(() => ':---|').join('')}`;
  const rows = views[0].result.layers.map((_, layer) => {
    const cells = views.map(({ result, tokenText }) => {
      const { ids, probabilities } = result.layers[layer];
      return ids
        .map(
          (id, i) =>
            `${escapeMarkdown(visibleToken(tokenText(id)))} ${(100 * probabilities[i]).toFixed(0)} %`,
        )
        .join(' · ');
    });
    return `| ${layer} | ${cells.join(' | ')} |`;
  });
  return [head, rule, ...rows].join('\n');
}

/** Projections by layer as a small bar chart, an SVG for a Markdown image; bars go up for positive ones. */
export function projectionPicture(projections: number[]): string {
  const width = 10;
  const height = 36;
  const most = Math.max(...projections.map(Math.abs), Number.MIN_VALUE);
  const bars = projections.map((value, layer) => {
    const size = Math.max(1, (Math.abs(value) / most) * (height / 2));
    const top = value >= 0 ? height / 2 - size : height / 2;
    return `<rect x="${layer * width + 1}" y="${top.toFixed(1)}" width="${width - 2}" height="${size.toFixed(1)}" fill="${value >= 0 ? '#3a9d5d' : '#c4643c'}"/>`;
  });
  const total = projections.length * width;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="${height}">${bars.join('')}<path d="M0 ${height / 2}H${total}" stroke="#888"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
