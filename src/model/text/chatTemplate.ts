import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { UserError } from '../../core/errors';
import { type Json, readJsonObject, specialTokenText } from './tokenizerFiles';

/** One turn of a conversation. */
export interface ChatMessage {
  role: string;
  content: string;
}

/** How a conversation is rendered. */
export interface ChatOptions {
  /** Ends the text with the marker after which the model answers. */
  addGenerationPrompt: boolean;
  /** Further variables of the template (`date_string`, `enable_thinking`). */
  variables?: Record<string, unknown>;
}

const SPECIAL_TOKENS = [
  'bos_token',
  'eos_token',
  'unk_token',
  'pad_token',
  'sep_token',
  'cls_token',
  'mask_token',
];

/** The chat template of a model, parsed once. */
export class ChatTemplate {
  private readonly template: Template;
  private readonly specialTokens: Record<string, string> = {};

  /** `source`: Jinja; `config`: tokenizer_config.json, whose special tokens the template may name. `name` is for messages. */
  constructor(
    private readonly name: string,
    source: string,
    config: Json,
  ) {
    try {
      this.template = new Template(source);
    } catch (error) {
      throw new UserError(`${name}: the chat template cannot be read: ${(error as Error).message}`);
    }
    for (const key of SPECIAL_TOKENS) {
      const token = specialTokenText(config[key]);
      if (token !== undefined) this.specialTokens[key] = token;
    }
  }

  /** The conversation as text, special tokens written out. Throws UserError if the template refuses it. */
  render(messages: ChatMessage[], { addGenerationPrompt, variables }: ChatOptions): string {
    const standard = { messages, tools: null, documents: null, add_generation_prompt: addGenerationPrompt };
    try {
      return this.template.render({ ...standard, ...this.specialTokens, ...variables });
    } catch (error) {
      throw new UserError(
        `${this.name}: the chat template fails on this conversation: ${(error as Error).message}`,
      );
    }
  }
}

/** The template of a Hugging Face folder: chat_template.jinja, else `chat_template` of tokenizer_config.json; undefined if there is none. */
export function loadChatTemplate(folder: string): ChatTemplate | undefined {
  const name = basename(folder);
  const config = readJsonObject(join(folder, 'tokenizer_config.json')) ?? {};
  const file = join(folder, 'chat_template.jinja');
  const source = existsSync(file) ? readFileSync(file, 'utf8') : defaultTemplate(config.chat_template, name);
  return source === undefined ? undefined : new ChatTemplate(name, source, config);
}

/** Renders a conversation by the folder's template; undefined if it has none. For many, keep a `loadChatTemplate`. */
export function applyChatTemplate(
  folder: string,
  messages: ChatMessage[],
  options: ChatOptions,
): string | undefined {
  return loadChatTemplate(folder)?.render(messages, options);
}

/** A template as it is, or the one named "default" of a list of {name, template}. */
function defaultTemplate(value: unknown, folder: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  const named = Array.isArray(value) ? (value as Json[]) : [];
  const chosen =
    named.find(entry => entry?.name === 'default') ?? (named.length === 1 ? named[0] : undefined);
  if (typeof chosen?.template === 'string') return chosen.template;
  const names = named.map(entry => entry?.name).join(', ');
  throw new UserError(
    `${folder}: tokenizer_config.json has no default chat template${names ? `, only ${names}` : ''}.`,
  );
}
