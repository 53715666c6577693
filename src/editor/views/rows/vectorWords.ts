import type { VectorMetadata } from '../../../core/vectorMetadata';
import { setting } from '../../rollout/hoverText';
import { escapeMarkdown } from '../../rollout/markdown';

/**
 * The split-half cosine r from which a vector counts as stable. If what differs between the halves is noise, the reliability
 * of the whole vector is 2r / (1 + r) (Spearman–Brown): the part of its squared length that is no noise. Two thirds make it
 * 0.8, the usual limit of a good measurement; such a vector has a cosine of √0.8 = 0.89 with that of endless rollouts.
 */
export const STABLE_FROM = 2 / 3;

/** A split-half cosine in plain words. */
export function stabilityInWords(splitHalfCosine: number | null): string {
  if (splitHalfCosine === null) return 'stability unknown: one half of the rollouts had no window';
  const value = splitHalfCosine.toFixed(2);
  return splitHalfCosine >= STABLE_FROM
    ? `stable: split-half cosine ${value}`
    : `unstable: split-half cosine ${value} is below ${STABLE_FROM.toFixed(2)}, compute it from more rollouts`;
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
    ['window', setting({ offset: metadata.windowOffset, length: metadata.windowLength })],
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
