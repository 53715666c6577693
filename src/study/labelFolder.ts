import { labelSentences } from '../core/keywordJudge';
import { readRollout, requireRollouts, writeLabels } from '../files/rolloutFolder';

/** What labelling a folder did. */
export interface LabelSummary {
  rollouts: number;
  /** Rollouts whose labels were already there and were kept. */
  kept: number;
  sentences: number;
  byLabel: Map<string, number>;
}

/** Labels every sentence of a folder's rollouts by the keyword rules; labels already there are kept unless `replace`. */
export async function labelFolder(
  folder: string,
  options: { replace?: boolean; onProgress?: (done: number, total: number) => void } = {},
): Promise<LabelSummary> {
  const names = await requireRollouts(folder);
  const summary: LabelSummary = { rollouts: names.length, kept: 0, sentences: 0, byLabel: new Map() };
  for (const [done, name] of names.entries()) {
    const stored = await readRollout(folder, name);
    let spans = stored.spans;
    if (spans.length > 0 && !options.replace) summary.kept++;
    else {
      spans = labelSentences(stored.rollout.response, stored.rollout.responseStart);
      await writeLabels(folder, name, spans);
    }
    for (const { label } of spans) summary.byLabel.set(label, (summary.byLabel.get(label) ?? 0) + 1);
    summary.sentences += spans.length;
    options.onProgress?.(done + 1, names.length);
  }
  return summary;
}
