import { visibleToken } from '../rollout/markdown';
import type { RolloutTokens } from '../rollout/rolloutTokens';
import type { LensToken } from './lensContract';

/** Positions that the view shows at once. */
export const STRETCH = 24;
/** How many of them stand before the token that was looked for: what led to it matters more than what follows. */
const BEFORE = 15;

/** Where the stretch around a position begins; the one that is shown stays if the position is in it. */
export function stretchStart(position: number, shown?: { from: number; to: number }): number {
  if (shown && position >= shown.from && position < shown.to) return shown.from;
  return Math.max(0, position - BEFORE);
}

/** The tokens of a stretch as the view shows them, and whether one follows. The model's positions end at `limit`. */
export function stretchTokens(
  tokens: RolloutTokens,
  from: number,
  limit: number,
): { shown: LensToken[]; later: boolean } {
  const shown: LensToken[] = [];
  for (let position = from; position < from + STRETCH && position < limit; position++) {
    const token = tokens.tokenAtPosition(position);
    if (!token) break;
    const text = visibleToken(tokens.tokenizer.tokenText(token.id));
    shown.push({ position, id: token.id, text, inFile: tokens.placeOf(token) !== null });
  }
  const next = from + STRETCH;
  return { shown, later: next < limit && tokens.tokenAtPosition(next) !== undefined };
}
