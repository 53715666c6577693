import { UserError } from '../../core/errors';

/** Whether the metadata of a rollout (its `.rollout.json`) say that a person has reviewed the labels. Broken JSON says nothing. */
export function isReviewed(metadata: string): boolean {
  try {
    return (JSON.parse(metadata) as { reviewed?: unknown } | null)?.reviewed === true;
  } catch {
    return false;
  }
}

/** The metadata with `"reviewed": true`, or without it; everything else stays. Throws UserError if they are no JSON object. */
export function withReviewMark(metadata: string, reviewed: boolean): string {
  let value: unknown = {};
  try {
    if (metadata.trim() !== '') value = JSON.parse(metadata);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError('the rollout’s .rollout.json is not a JSON object: repair or delete it');
  const { reviewed: _, ...others } = value as Record<string, unknown>;
  return `${JSON.stringify(reviewed ? { ...others, reviewed: true } : others, null, 2)}\n`;
}
