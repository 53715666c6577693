import type { LabelledSpan } from './annotation';
import type { Label } from './labels';
import { thinkSpan } from './rollout';
import { splitSentences } from './sentences';

/** A rule looks at a sentence's opening; `early` rules hold for the first sentences only. */
interface OpeningRule {
  label: Label;
  opening: RegExp;
  early?: boolean;
}

/** "First, …" rephrases the task only at the beginning; later it counts steps. */
const EARLY_SENTENCES = 3;

/** What may stand before the opening that decides: list marks, emphasis, quotes, and words that carry no label. */
const LEAD = /^(?:[\s\p{P}\p{S}]+|\d+[.)]\s+)*/u;
const FILLER =
  /^(?:(?:and|but|so|well|now|then|oh|ah|yeah|okay|ok|um|uh|also|next|first|second|finally)\b[\s,.…—–-]*)+(?=\S)/i;

const opening = (words: string) => new RegExp(`^(?:${words})(?![\\p{L}\\p{N}])`, 'iu');

/** Tried from top to bottom; the first that fits decides. */
const RULES: readonly OpeningRule[] = [
  {
    label: 'backtracking',
    opening: opening(
      'wait|hm+|actually|hold on|hang on|alternatively|on second thoughts?|scratch that|no,|oops|not so fast' +
        "|let(?:'s|’s| me| us) (?:just )?(?:re-?\\p{L}+|double[- ]check|start over|go back|step back|backtrack|try (?:a different|another))" +
        "|(?:that(?:'s|’s)?|this) (?:is |seems |looks |can(?:'|’)t be |does ?n(?:'|’)t )?(?:not right|wrong|incorrect|a mistake|right, is it)" +
        '|i (?:think i )?(?:made|must have made) (?:a mistake|an error)|maybe i should (?:re-?\\p{L}+|try)|another (?:approach|way|idea)',
    ),
  },
  {
    label: 'uncertainty-estimation',
    opening: opening(
      "i(?:'m|’m| am) (?:still |really |also )?(?:not (?:\\p{L}+ )?(?:sure|certain)|unsure|uncertain|confused|a bit confused|stuck|wondering)" +
        "|maybe|perhaps|possibly|presumably|it (?:is|seems) (?:unclear|uncertain)|it(?:'s|’s) (?:not clear|unclear|possible|hard to)" +
        "|(?:i|it|this|that|there|we|they|he|she) might|i (?:do ?n(?:'|’)t|do not) (?:know|remember)|i guess|i wonder|not sure",
    ),
  },
  {
    label: 'example-testing',
    opening: opening(
      "for (?:example|instance)|suppose|e\\.g|let(?:'s|’s| me| us) (?:try|test|plug|take|consider|check|verify|pick|say|assume)|take|try|testing" +
        '|consider (?:the|a|an) (?:case|example)|in the case|imagine|say|as an example|plugging|what if|if we (?:try|take|plug)|assume|assuming',
    ),
  },
  {
    label: 'adding-knowledge',
    opening: opening(
      'i (?:also )?(?:recall|know|remember|learned|read|heard)|we know|remember|recall|by definition|by the|according to|the (?:formula|definition|theorem|rule)' +
        "|in (?:general|mathematics|physics|chemistry|biology)|it is (?:well )?known|it(?:'s|’s) (?:well )?known|as we know|generally",
    ),
  },
  {
    label: 'initializing',
    opening: opening(
      "okay|ok|alright|all right|let me|let(?:'s|’s| us) (?:see|start|begin|think|break|figure|look)|the (?:question|problem|task|user) (?:\\p{L}+ )?(?:asks?|asking|wants?|says?|is)" +
        "|i need to (?:find|figure|determine|solve|answer|understand|calculate)|i(?:'m|’m| am) (?:trying|asked|given)|we(?:'re|’re| are) (?:asked|given)|we need to (?:find|determine)",
    ),
  },
  { label: 'initializing', opening: opening('first|to begin|to start'), early: true },
  {
    label: 'deduction',
    opening: opening(
      'so|therefore|thus|since|hence|that means|this means|which means|because|then|consequently',
    ),
  },
];

/**
 * The keyword judge: every sentence of the reasoning (of the whole response if it has no think tags) with one of the six
 * labels by its opening words; `deduction` is the default. Offsets are shifted by `base`, the response's place in its file.
 */
export function labelSentences(response: string, base = 0): LabelledSpan[] {
  const think = thinkSpan(response) ?? { start: 0, end: response.length };
  const reasoning = response.slice(think.start, think.end);
  return splitSentences(reasoning).map(({ start, end }, index) => ({
    start: base + think.start + start,
    end: base + think.start + end,
    label: labelOf(reasoning.slice(start, end), index),
  }));
}

/** The label of one sentence, the `index`-th of its rollout. */
export function labelOf(sentence: string, index: number): Label {
  const plain = sentence.slice(0, 200).replace(LEAD, '');
  const rules = RULES.filter(rule => !rule.early || index < EARLY_SENTENCES);
  // What follows the filler decides first, so that "So maybe …" estimates; the filler itself only if nothing does.
  const fits = (text: string) => rules.find(rule => rule.opening.test(text))?.label;
  return fits(plain.replace(FILLER, '')) ?? fits(plain) ?? 'deduction';
}
