import type { VectorMetadata } from '../../../core/vectorMetadata';
import { escapeMarkdown } from '../../rollout/markdown';

/**
 * The split-half cosine r from which a vector counts as stable. If what differs between the halves is noise, the whole vector
 * has a cosine of √(2r / (1 + r)) with the vector of endless rollouts (Spearman–Brown): 0.94 or 20° at r = 0.8, but at 0.5
 * only 0.82 or 35°, where a third of its squared length is noise.
 */
export const STABLE_FROM = 0.8;

/** A split-half cosine in plain words. */
export function stabilityInWords(splitHalfCosine: number | null): string {
  if (splitHalfCosine === null) return 'stability unknown: one half of the rollouts had no window';
  const value = splitHalfCosine.toFixed(2);
  return splitHalfCosine >= STABLE_FROM
    ? `stable: split-half cosine ${value}`
    : `unstable: split-half cosine ${value} is below ${STABLE_FROM}, compute it from more rollouts`;
}

/** Everything a vector file says of itself, as a Markdown table. `date` is when the file was written. */
export function provenance(metadata: VectorMetadata, date: string): string {
  const { label, labelCounts, layer, dModel, norm, meanNorm } = metadata;
  const sentences = Object.entries(labelCounts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`);
  const rows: [string, string][] = [
    ['label', label],
    ['layer', `${layer} (resid_post, ${dModel} numbers)`],
    ['model', `${metadata.model}, hash ${metadata.modelHash.slice(0, 12)}`],
    ['operation', metadata.operation],
    ['window', `offset ${metadata.windowOffset}, ${metadata.windowLength} tokens`],
    ['windows', `${metadata.positives} before ${label} of ${metadata.windows}`],
    ['rollouts', String(metadata.rolloutHashes.length)],
    ['sentences', sentences.join(', ')],
    [
      'norm',
      `${norm.toPrecision(3)} (mean activation ${meanNorm.toPrecision(3)}, ratio ${(norm / meanNorm).toPrecision(2)})`,
    ],
    ['stability', stabilityInWords(metadata.splitHalfCosine)],
    ['made by', metadata.toolVersion],
    ['written', date],
  ];
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${escapeMarkdown(value)} |`),
  ].join('\n');
}
