/** The six sentence labels of Venhoff et al. (arXiv 2506.18167), in the order of the paper. */
export const LABELS = [
  'initializing',
  'deduction',
  'adding-knowledge',
  'example-testing',
  'uncertainty-estimation',
  'backtracking',
] as const;

/** A sentence label: one of `LABELS`, or any other name without white space. */
export type Label = string;

/** Whether `label` is one of the six of the paper. */
export function isKnownLabel(label: Label): label is (typeof LABELS)[number] {
  return (LABELS as readonly string[]).includes(label);
}
