import type { LabelledSpan } from '../../core/annotation';
import { labelSentences } from '../../core/keywordJudge';
import type { ParsedRollout } from '../../core/rollout';

/** Something that labels the sentences of a rollout. */
export interface Judge {
  /** What a command's arguments and settings name it by. */
  id: string;
  title: string;
  detail: string;
  /** Labels for every sentence of the reasoning; offsets count in the rollout's file. Rejects when `signal` aborts. */
  label(rollout: ParsedRollout, signal: AbortSignal): Promise<LabelledSpan[]>;
}

/** The rules of core/keywordJudge.ts. */
export const KEYWORD_JUDGE: Judge = {
  id: 'keyword',
  title: 'Keyword rules',
  detail: 'By the opening words of each sentence: at once, the same every time, without a model',
  label: async rollout => labelSentences(rollout.response, rollout.responseStart),
};

/** All that there are, the one that needs nothing first. */
export const JUDGES: readonly Judge[] = [KEYWORD_JUDGE];
