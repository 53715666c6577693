import { UserError } from '../core/errors';
import type { Rollout } from '../core/rollout';
import { identify, type ModelIdentity } from './checkpoint/identity';
import { ModelPool } from './modelPool';
import { type ChatTemplate, loadChatTemplate } from './text/chatTemplate';
import { stopTokens } from './text/stopTokens';
import { type Encoding, loadTokenizer, type Tokenizer } from './text/tokenizer';

/** A rollout as tokens: offsets count in `text`, where the response begins at `responseStart`. */
export interface RolloutTokens extends Encoding {
  text: string;
  responseStart: number;
}

/** A model folder with its text side; the weights are opened when the first call needs them. */
export class TextModel {
  private running: Promise<ModelPool> | undefined;

  private constructor(
    readonly folder: string,
    readonly identity: ModelIdentity,
    readonly tokenizer: Tokenizer,
    private readonly chatTemplate: ChatTemplate | undefined,
    /** Ids that end a text. */
    readonly stop: number[],
    private readonly threads: number | undefined,
  ) {}

  /** Reads tokenizer and config; throws a UserError if something is missing. Nothing is run yet. */
  static open(folder: string, options: { threads?: number } = {}): TextModel {
    const identity = identify(folder);
    const tokenizer = loadTokenizer(folder);
    return new TextModel(
      folder,
      identity,
      tokenizer,
      loadChatTemplate(folder),
      stopTokens(folder),
      options.threads,
    );
  }

  /** The running processes, started at first use. */
  pool(onProgress?: (progress: { done: number; total: number }) => void): Promise<ModelPool> {
    this.running ??= ModelPool.start({ folder: this.folder, threads: this.threads, onProgress });
    return this.running;
  }

  /** The text of drawn tokens as it follows their prompt. */
  continuationText(tokenIds: number[]): string {
    return this.tokenizer.decode(tokenIds, { skipSpecialTokens: true, continuation: true });
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    (await running?.catch(() => undefined))?.stop();
  }

  /** Ids of a text as it is; the tokenizer adds its own first token if it has one. */
  rawIds(text: string): number[] {
    return this.tokenizer.encode(text, { addSpecialTokens: true }).ids;
  }

  /** Ids of a chat prompt: the template with the generation prompt, without a second first token. */
  chatIds(prompt: string): number[] {
    const text = this.template(prompt);
    if (text === undefined) {
      throw new UserError(`${this.folder} has no chat template; give the text as it is (--raw).`);
    }
    return this.tokenizer.encode(text, { addSpecialTokens: false }).ids;
  }

  /** Ids of a prompt: by the chat template if there is one, else as plain text. */
  promptIds(prompt: string): number[] {
    return this.template(prompt) === undefined ? this.rawIds(prompt) : this.chatIds(prompt);
  }

  /** Tokens of template(prompt) + response; without a template, of prompt + response as plain text. */
  rolloutTokens({ prompt, response }: Rollout): RolloutTokens {
    const before = this.template(prompt);
    const prefix = before ?? prompt;
    const text = prefix + withoutRepeatedThink(prefix, response);
    const encoding = this.tokenizer.encode(text, { addSpecialTokens: before === undefined });
    // Offsets of labels count in the whole response, also where its first tag already stands in the template.
    return { ...encoding, text, responseStart: text.length - response.length };
  }

  private template(prompt: string): string | undefined {
    return this.chatTemplate?.render([{ role: 'user', content: prompt }], { addGenerationPrompt: true });
  }
}

/** Templates that open the reasoning themselves (R1) and responses that keep their tag would give it twice. */
function withoutRepeatedThink(prefix: string, response: string): string {
  const opened = /<think>\s*$/.test(prefix);
  return opened ? response.replace(/^<think>\n?/, '') : response;
}
