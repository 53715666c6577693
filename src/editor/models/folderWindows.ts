import { LABELS } from '../../core/labels';
import { windowPositions } from '../../core/windows';
import { readRollouts, type StoredRollout } from '../../files/rolloutFolder';
import type { TextModel } from '../../model/textModel';
import { type TokenizedRollout, tokenizeRollout } from '../../study/harvestRollouts';
import { labelCounts } from '../rollout/backtrackings';

/** What a folder's rollouts have to compute a vector from. */
export interface FolderWindows {
  rollouts: TokenizedRollout[];
  /** Sentences of each label, backtracking first, as it is the paper’s. */
  labels: { label: string; count: number; rollouts: number }[];
}

/** Reads and tokenizes a folder's rollouts, one at a time so that the editor goes on between them. */
export async function readFolderWindows(model: TextModel, folder: string): Promise<FolderWindows> {
  const rollouts: TokenizedRollout[] = [];
  const stored: StoredRollout[] = [];
  for await (const rollout of readRollouts(folder)) {
    stored.push(rollout);
    rollouts.push(tokenizeRollout(model, folder, rollout));
  }
  const counted = labelCounts(
    stored.flatMap(({ spans }) => spans),
    [...LABELS].reverse(),
  );
  const labels = counted.map(({ label, count }) => ({
    label,
    count,
    rollouts: stored.filter(({ spans }) => spans.some(span => span.label === label)).length,
  }));
  return { rollouts, labels };
}

/** How many windows of a label hold at least one token of their text, and in how many rollouts. */
export function countWindows(
  rollouts: readonly Pick<TokenizedRollout, 'ids' | 'sentences'>[],
  label: string,
  { offset, length }: { offset: number; length: number },
): { windows: number; rollouts: number } {
  const perRollout = rollouts.map(
    ({ ids, sentences }) =>
      sentences.filter(sentence => {
        const [from, to] = windowPositions(sentence.first, offset, length, ids.length);
        return sentence.label === label && to > from;
      }).length,
  );
  return {
    windows: perRollout.reduce((sum, count) => sum + count, 0),
    rollouts: perRollout.filter(count => count > 0).length,
  };
}
