import type { Rollout } from '../../core/rollout';
import { type ChatTemplate, loadChatTemplate } from '../../model/text/chatTemplate';
import { joinRollout, type RolloutText } from '../../model/text/rolloutText';
import { type Encoding, Tokenizer } from '../../model/text/tokenizer';
import {
  readTokenizerFiles,
  readTokenizerFilesSliced,
  type TokenizerFiles,
} from '../../model/text/tokenizerFiles';
import { cutsAreExact } from './cutRule';
import { TokenizedText } from './tokenizedText';

/** The text whose tokens are a rollout's, and where its response and (if it stands there once) its prompt begin in it. */
export interface TemplatedRollout extends RolloutText {
  promptStart: number | undefined;
}

/** Tokenizer and chat template of a model folder: what `TextModel.rolloutTokens` uses, without config and weights. */
export class RolloutTokenizer {
  private lastPrompt: { prompt: string; prefix: string } | undefined;

  private constructor(
    readonly folder: string,
    private readonly tokenizer: Tokenizer,
    private readonly template: ChatTemplate | undefined,
    /** Whether an edit costs one chunk only. */
    readonly incremental: boolean,
  ) {}

  /** Throws UserError if the folder has no tokenizer that can be used. */
  static open(folder: string): RolloutTokenizer {
    return RolloutTokenizer.from(folder, readTokenizerFiles(folder));
  }

  /** As `open`, in slices that keep the editor's event loop free. */
  static async load(folder: string): Promise<RolloutTokenizer> {
    return RolloutTokenizer.from(folder, await readTokenizerFilesSliced(folder));
  }

  private static from(folder: string, files: TokenizerFiles): RolloutTokenizer {
    return new RolloutTokenizer(folder, new Tokenizer(files), loadChatTemplate(folder), cutsAreExact(files));
  }

  /** The folder's name. */
  get name(): string {
    return this.tokenizer.name;
  }

  /** Tokens of nothing yet; give it the text of `templated`. */
  newText(): TokenizedText {
    return new TokenizedText((text, first) => this.encode(text, first), this.incremental);
  }

  /** template(prompt) + response; without a template, prompt + response. */
  templated({ prompt, response }: Rollout): TemplatedRollout {
    const prefix = this.prefixOf(prompt);
    const shown = prompt.trim();
    const at = shown === '' ? -1 : prefix.indexOf(shown);
    const once = at >= 0 && prefix.indexOf(shown, at + 1) < 0;
    return {
      ...joinRollout(prefix, response),
      promptStart: once ? at - prompt.indexOf(shown) : undefined,
    };
  }

  /** One token as text for people. */
  tokenText(id: number): string {
    return this.tokenizer.tokenText(id);
  }

  private prefixOf(prompt: string): string {
    if (this.lastPrompt?.prompt !== prompt) {
      const prefix = this.template?.render([{ role: 'user', content: prompt }], {
        addGenerationPrompt: true,
      });
      this.lastPrompt = { prompt, prefix: prefix ?? prompt };
    }
    return this.lastPrompt!.prefix;
  }

  private encode(text: string, first: boolean): Encoding {
    if (this.template || !first) return this.tokenizer.encode(text, { addSpecialTokens: false });
    const { ids, starts, ends } = this.tokenizer.encode(text, { addSpecialTokens: true });
    // What the tokenizer puts after a text belongs after the last chunk, where no window looks.
    let count = ids.length;
    while (count > 0 && starts[count - 1] === text.length && ends[count - 1] === text.length) count--;
    return { ids: ids.slice(0, count), starts: starts.slice(0, count), ends: ends.slice(0, count) };
  }
}
