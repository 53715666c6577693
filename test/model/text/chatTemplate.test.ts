import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { applyChatTemplate, type ChatMessage } from '../../../src/model/text/chatTemplate';
import { stopTokens } from '../../../src/model/text/stopTokens';

const GOLDENS = join(import.meta.dirname, '../../goldens');
const HELLO: ChatMessage[] = [{ role: 'user', content: 'Hello' }];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, value: unknown) =>
  writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
const render = (messages = HELLO) => applyChatTemplate(folder, messages, { addGenerationPrompt: true });

describe.each(['llama3-like', 'r1-like'])('the chat template of %s', name => {
  it("renders as transformers' Jinja does", () => {
    const path = join(GOLDENS, 'tokenizers', name);
    const chats = JSON.parse(readFileSync(join(path, 'chats.json'), 'utf8'));
    expect(chats.length).toBeGreaterThan(3);
    for (const { messages, addGenerationPrompt, text } of chats) {
      expect(applyChatTemplate(path, messages, { addGenerationPrompt })).toBe(text);
    }
  });
});

describe('applyChatTemplate', () => {
  it('gives undefined without a template', () => {
    expect(render()).toBeUndefined();
    write('tokenizer_config.json', { bos_token: '<s>' });
    expect(render()).toBeUndefined();
  });

  it('prefers chat_template.jinja; special tokens are strings or objects', () => {
    write('tokenizer_config.json', {
      chat_template: 'old',
      bos_token: { content: '<s>' },
      eos_token: '</s>',
    });
    expect(render()).toBe('old');
    write('chat_template.jinja', '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token }}');
    expect(render()).toBe('<s>Hello</s>');
  });

  it('takes the default one of several', () => {
    const named = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'default' },
    ];
    write('tokenizer_config.json', { chat_template: named });
    expect(render()).toBe('default');
    write('tokenizer_config.json', { chat_template: [named[0], { name: 'rag', template: '' }] });
    expect(render).toThrow(/no default chat template, only tool_use, rag/);
  });

  it('passes further variables', () => {
    write(
      'chat_template.jinja',
      '{% if enable_thinking is defined and not enable_thinking %}quiet{% else %}loud{% endif %}',
    );
    expect(render()).toBe('loud');
    expect(
      applyChatTemplate(folder, HELLO, { addGenerationPrompt: true, variables: { enable_thinking: false } }),
    ).toBe('quiet');
  });

  it('says what a template objects to', () => {
    write('chat_template.jinja', "{{ raise_exception('Only users may speak') }}");
    expect(render).toThrow(UserError);
    expect(render).toThrow(/fails on this conversation: Only users may speak/);
    write('chat_template.jinja', '{% if %}');
    expect(render).toThrow(/cannot be read/);
  });
});

describe('stopTokens', () => {
  it('reads the goldens', () => {
    expect(stopTokens(join(GOLDENS, 'llama2'))).toEqual([2]);
    expect(stopTokens(join(GOLDENS, 'llama31'))).toEqual([2, 5, 6]);
  });

  it('prefers generation_config.json, falls back to config.json, and may find none', () => {
    expect(stopTokens(folder)).toEqual([]);
    write('config.json', { eos_token_id: 7 });
    expect(stopTokens(folder)).toEqual([7]);
    write('generation_config.json', { eos_token_id: null });
    expect(stopTokens(folder)).toEqual([7]);
    write('generation_config.json', { eos_token_id: [3, 4, 3] });
    expect(stopTokens(folder)).toEqual([3, 4]);
    write('generation_config.json', { eos_token_id: '</s>' });
    expect(() => stopTokens(folder)).toThrow(/eos_token_id should be/);
  });
});
