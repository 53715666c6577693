import { CancelledError } from '../../rpc/messages';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import type { PlacedToken, RolloutTokens } from '../rollout/rolloutTokens';

/** Milliseconds of tokenizing between two turns of the event loop. */
const SLICE = 8;

/** A rollout as a model reads it, as it is now. */
export interface LensText {
  /** Names the text, version and tokenizer included. */
  key: string;
  tokens: RolloutTokens;
  /** False once the document was edited. */
  current(): boolean;
}

/**
 * A rollout in the tokens of a model's tokenizer; undefined where it is none, or where tokenizing it `whole` would take too
 * long for a hover.
 */
export function lensText(
  rollout: RolloutDocument,
  tokenizer: RolloutTokenizer | undefined,
  whole = false,
): LensText | undefined {
  const { document, rollout: parsed } = rollout;
  const tokens = rollout.tokensOf(tokenizer, whole);
  if (!tokens) return undefined;
  return {
    key: `${document.uri} ${document.version} ${tokens.tokenizer.folder}`,
    tokens,
    current: () => rollout.rollout === parsed && !document.isClosed,
  };
}

/**
 * The token at a place of the file with its position; what comes before it is tokenized in slices, so that the editor
 * stays responsive. Undefined where no token is. Throws a CancelledError once the text is another.
 */
export async function placedToken(
  { tokens, current }: LensText,
  offset: number,
  signal: AbortSignal,
): Promise<(PlacedToken & { position: number }) | undefined> {
  for (;;) {
    if (signal.aborted || !current()) throw new CancelledError();
    const token = tokens.tokenAt(offset);
    if (!token) return undefined;
    const { position } = token;
    if (position !== undefined) return { ...token, position };
    tokens.encodeUntil(performance.now() + SLICE);
    await new Promise(resolve => setImmediate(resolve));
  }
}
