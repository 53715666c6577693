import { CancelledError } from '../../rpc/messages';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { TokenizerSource } from '../documents/tokenizerSource';
import { RolloutTokenizer } from '../rollout/rolloutTokenizer';
import { type PlacedToken, RolloutTokens } from '../rollout/rolloutTokens';

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

/** The tokens of rollouts in the reasoning model's tokenizer: those that the decorations made already, if that is theirs. */
export class LensTexts {
  private own: { tokenizer: RolloutTokenizer; texts: WeakMap<RolloutDocument, OwnText> } | undefined;

  constructor(private readonly source: TokenizerSource) {}

  /**
   * The text of a rollout for the model in `folder`; undefined where there is none, or none of its version yet and
   * tokenizing it `whole` would take too long for a hover.
   */
  of(rollout: RolloutDocument, folder: string, whole = false): LensText | undefined {
    const parsed = rollout.rollout;
    if (!parsed) return undefined;
    const shared = this.source.folder === folder;
    const tokens = shared ? rollout.tokensOf(this.source.current, whole) : this.ownTokens(rollout, folder);
    if (!tokens) return undefined;
    const { document } = rollout;
    return {
      key: `${document.uri} ${document.version} ${folder}`,
      tokens,
      current: () => rollout.rollout === parsed && !document.isClosed,
    };
  }

  private ownTokens(rollout: RolloutDocument, folder: string): RolloutTokens {
    if (this.own?.tokenizer.folder !== folder)
      this.own = { tokenizer: RolloutTokenizer.open(folder), texts: new WeakMap() };
    let text = this.own.texts.get(rollout);
    if (!text) {
      text = { tokens: new RolloutTokens(this.own.tokenizer), parsed: undefined };
      this.own.texts.set(rollout, text);
    }
    if (text.parsed !== rollout.rollout) text.tokens.update(rollout.rollout!);
    text.parsed = rollout.rollout;
    return text.tokens;
  }
}

interface OwnText {
  tokens: RolloutTokens;
  parsed: RolloutDocument['rollout'];
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
