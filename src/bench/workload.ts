import { readFileSync } from 'node:fs';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { planHarvest } from '../core/harvestPlan';
import { seededRandom } from '../core/seededRandom';
import type { HarvestSums } from '../core/sums';
import type { HarvestText } from '../model/contract';

/** A text with labelled sentences: first tokens and label numbers. */
export interface LabelledText {
  ids: number[];
  firsts: number[];
  labels: number[];
}

/** Labels of a harvest: the taxonomy that the paper's judge uses has about as many. */
export const LABELS = 5;

// Sentences of the paper's rollouts have 10 to 25 tokens.
const SENTENCE_TOKENS = [10, 25];

/** Seeded random numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  const generator = seededRandom(seed);
  return () => uniformFloat64(generator);
}

/** Random token ids of the given length. */
export function randomIds(random: () => number, tokens: number, vocabulary: number): number[] {
  return Array.from({ length: tokens }, () => Math.floor(random() * vocabulary));
}

/** Texts of random tokens whose lengths differ by a fifth around `tokens`. */
export function randomTexts(count: number, tokens: number, vocabulary: number, seed: number): LabelledText[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const length = Math.round(tokens * (0.9 + (0.2 * i) / Math.max(1, count - 1)));
    const text: LabelledText = { ids: randomIds(random, length, vocabulary), firsts: [], labels: [] };
    const [least, most] = SENTENCE_TOKENS;
    for (let at = 20; at < length; at += Math.floor(least + random() * (most - least))) {
      text.firsts.push(at);
      text.labels.push(Math.floor(random() * LABELS));
    }
    return text;
  });
}

/** The texts as the engine's harvest takes them. */
export function harvestTexts(texts: LabelledText[], offsets: [number, number]): HarvestText[] {
  return texts.map(({ ids, firsts, labels }, i) => ({
    ids,
    groups: planHarvest(
      firsts.map((first, s) => ({ first, label: String(labels[s]) })),
      ids.length,
      (i % 2) as 0 | 1,
      offsets,
    ),
  }));
}

/** Largest difference between a harvest and the peer's label × offset sums in `file`, relative to the largest sum. */
export function sumsError(sums: HarvestSums, file: string): number {
  const bytes = readFileSync(file);
  const peer = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const width = (sums.offsets[1] - sums.offsets[0] + 1) * sums.dModel;
  const ours = new Float64Array(sums.layers.length * LABELS * width);
  for (const group of sums.groups) {
    for (const [layer, part] of group.sums.entries()) {
      const at =
        (layer * LABELS + Number(group.label)) * width + (group.from - sums.offsets[0]) * sums.dModel;
      for (let i = 0; i < part.length; i++) ours[at + i] += part[i];
    }
  }
  if (ours.length !== peer.length)
    throw new Error(`the peer gave ${peer.length} sums, Doubletake ${ours.length}`);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < ours.length; i++) {
    largest = Math.max(largest, Math.abs(peer[i]));
    difference = Math.max(difference, Math.abs(ours[i] - peer[i]));
  }
  return Number.isNaN(difference) || largest === 0 ? Number.POSITIVE_INFINITY : difference / largest;
}
