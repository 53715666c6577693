import { UserError } from '../core/errors';
import type { Rollout } from '../core/rollout';
import { identify, identifyLater, type ModelIdentity } from './checkpoint/identity';
import type { ModelInfo, ProviderChoice, RefusedProvider } from './contract';
import { ModelPool } from './modelPool';
import type { StartOptions } from './modelProcess';
import { type ChatTemplate, loadChatTemplate } from './text/chatTemplate';
import { joinRollout, type RolloutText } from './text/rolloutText';
import { stopTokens } from './text/stopTokens';
import { type Encoding, loadTokenizer, loadTokenizerSliced, type Tokenizer } from './text/tokenizer';

/** A rollout as tokens; their offsets count in `text`. */
export interface RolloutTokens extends Encoding, RolloutText {}

/** How a model is run: threads inside an operator (by default chosen), and where (by default the CPU). */
export interface TextModelOptions {
  threads?: number;
  provider?: ProviderChoice;
  /** The bundled process script; by default the one beside the running bundle. */
  script?: string;
  /** Called each time the processes have opened the model. */
  onOpened?: (info: ModelInfo) => void;
}

/** A model folder with its text side; the weights are opened when the first call needs them. */
export class TextModel {
  private running: Promise<ModelPool> | undefined;
  private closed = false;
  /** Providers whose process ended by itself while the model ran: tried no more. */
  private readonly refused: RefusedProvider[] = [];

  private constructor(
    readonly folder: string,
    readonly identity: ModelIdentity,
    readonly tokenizer: Tokenizer,
    private readonly chatTemplate: ChatTemplate | undefined,
    /** Ids that end a text. */
    readonly stop: number[],
    private readonly options: TextModelOptions,
  ) {}

  /** Reads tokenizer and config; throws a UserError if something is missing. Nothing is run yet. */
  static open(folder: string, options: TextModelOptions = {}): TextModel {
    const identity = identify(folder);
    const tokenizer = loadTokenizer(folder);
    return new TextModel(folder, identity, tokenizer, loadChatTemplate(folder), stopTokens(folder), options);
  }

  /** As `open`, in slices that keep an editor's event loop free. */
  static async load(folder: string, options: TextModelOptions = {}): Promise<TextModel> {
    const identity = await identifyLater(folder);
    const tokenizer = await loadTokenizerSliced(folder);
    return new TextModel(folder, identity, tokenizer, loadChatTemplate(folder), stopTokens(folder), options);
  }

  /** Tokens that a text may have. */
  get maxPositions(): number {
    return this.identity.maxPositions;
  }

  /**
   * The running processes, started at first use, and again after they ended or could not be started. What is given tells
   * how far a conversion is, and ends a start that is under way.
   */
  pool(start: Pick<StartOptions, 'onProgress' | 'signal'> = {}): Promise<ModelPool> {
    if (this.closed) return Promise.reject(new UserError('The model was closed: open it again'));
    if (!this.running) {
      const { folder, refused } = this;
      const { onOpened, ...how } = this.options;
      const started = ModelPool.start({ ...how, folder, refused, ...start });
      this.running = started;
      started.then(
        pool => {
          pool.onEnd(() => {
            this.forget(started, pool.info);
            // If one process is gone, its sisters do nothing any more but hold memory.
            pool.stop();
          });
          onOpened?.(pool.info);
        },
        () => this.forget(started),
      );
    }
    return this.running;
  }

  /** The text of drawn tokens as it follows their prompt. */
  continuationText(tokenIds: number[]): string {
    return this.tokenizer.decode(tokenIds, { skipSpecialTokens: true, continuation: true });
  }

  /** Ends the processes for good: who still holds this model must not start them behind its owner's back. */
  async close(): Promise<void> {
    this.closed = true;
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
    const joined = joinRollout(before ?? prompt, response);
    return { ...this.tokenizer.encode(joined.text, { addSpecialTokens: before === undefined }), ...joined };
  }

  /** The processes ended by themselves or could not be started: the next call starts others. */
  private forget(started: Promise<ModelPool>, info?: ModelInfo): void {
    if (this.running !== started) return;
    this.running = undefined;
    if (info && info.provider !== 'cpu') {
      const { provider } = info;
      this.refused.push({ provider, why: 'its process ended while the model ran', kind: 'failed' });
    }
  }

  private template(prompt: string): string | undefined {
    return this.chatTemplate?.render([{ role: 'user', content: prompt }], { addGenerationPrompt: true });
  }
}
