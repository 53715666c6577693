import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meanActivation } from '../../src/core/sums';
import { encodeSafetensors } from '../../src/files/safetensors';
import { BASE, CLI, REASONING, ROOT, relativeError, startModel, Tensors } from '../model/support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a person would, in the scratch folder. */
function doubletake(...args: (string | number)[]): Promise<Run> {
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, ...args.map(String)], { cwd: scratch }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code as number) : 0, stdout, stderr });
    });
  });
}

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(scratch, name), content);
  return name;
};
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);
const prompt = 'Bob is in the market at dawn. What does Bob drink there?';

beforeAll(async () => {
  file('prompt.txt', prompt);
  const some = readFileSync(join(ROOT, 'models', 'prompts.jsonl'), 'utf8')
    .split('\n')
    .slice(0, 60)
    .join('\n');
  file('prompts.jsonl', some);
  expect(
    (
      await doubletake(
        'rollouts',
        '--model',
        REASONING,
        '--prompts',
        'prompts.jsonl',
        '--out',
        'rollouts',
        '--seed',
        5,
      )
    ).code,
  ).toBe(0);
  expect((await doubletake('label', 'rollouts', '--judge', 'keyword')).code).toBe(0);
  expect(
    (
      await doubletake(
        'vector',
        '--model',
        BASE,
        '--rollouts',
        'rollouts',
        '--layer',
        2,
        '--offset',
        -12,
        '--out',
        'v.safetensors',
      )
    ).code,
  ).toBe(0);
});

describe('generate', () => {
  it('prints one JSON line; greedy is repeatable and continues the chat template', async () => {
    const run = await doubletake(
      'generate',
      '--model',
      REASONING,
      '--prompt-file',
      'prompt.txt',
      '--temperature',
      0,
      '--json',
    );
    const { text, tokenIds, finishReason } = JSON.parse(run.stdout);
    expect(run.stdout.trimEnd().split('\n').length).toBe(1);
    expect(text.startsWith('<think>')).toBe(true);
    expect(finishReason).toBe('stop');
    const again = await doubletake(
      'generate',
      '--model',
      REASONING,
      '--prompt-file',
      'prompt.txt',
      '--temperature',
      0,
    );
    expect(again.stdout).toBe(`${text}\n`);
    const cut = await doubletake(
      'generate',
      '--model',
      REASONING,
      '--prompt-file',
      'prompt.txt',
      '--temperature',
      0,
      '--max-tokens',
      7,
      '--json',
    );
    expect(JSON.parse(cut.stdout)).toMatchObject({ tokenIds: tokenIds.slice(0, 7), finishReason: 'length' });
  });

  it('takes a vector of ours without a layer and a bare one with it; strength 0 is no steering', async () => {
    const common = [
      'generate',
      '--model',
      REASONING,
      '--prompt-file',
      'prompt.txt',
      '--temperature',
      0,
      '--json',
    ];
    const plain = (await doubletake(...common)).stdout;
    const steered = (await doubletake(...common, '--vector', 'v.safetensors', '--strength', 5)).stdout;
    expect(steered).not.toBe(plain);
    expect((await doubletake(...common, '--vector', 'v.safetensors', '--strength', 0)).stdout).toBe(plain);
    const v = new Tensors(join(scratch, 'v.safetensors')).floats('vector');
    const parts = encodeSafetensors({ anything: { dtype: 'F32', shape: [v.length], data: v } });
    file('bare.safetensors', Buffer.concat(parts));
    expect(
      (await doubletake(...common, '--vector', 'bare.safetensors', '--strength', 5, '--layer', 2)).stdout,
    ).toBe(steered);
    const refused = await doubletake(...common, '--vector', 'bare.safetensors', '--strength', 5);
    expect(refused.code).toBe(1);
    expect(lastLine(refused.stderr)).toContain('--layer');
    expect((await doubletake(...common, '--vector', 'v.safetensors', '--strength', -5)).code).toBe(0);
  });
});

describe('activations', () => {
  it('writes what it says, for a text and for its ids', async () => {
    file('text.txt', prompt);
    const run = await doubletake(
      'activations',
      '--model',
      BASE,
      '--text-file',
      'text.txt',
      '--layers',
      'all',
      '--logits',
      '--out',
      'a.safetensors',
    );
    expect(run.code).toBe(0);
    const a = new Tensors(join(scratch, 'a.safetensors'));
    const ids = a.integers('token_ids');
    expect(a.names.sort()).toEqual(
      ['logits', ...[0, 1, 2, 3, 4, 5].map(l => `resid_post.${l}`), 'token_ids'].sort(),
    );
    expect(a.shape('resid_post.3')).toEqual([ids.length, 128]);
    await doubletake(
      'activations',
      '--model',
      BASE,
      '--ids',
      ids.join(','),
      '--layers',
      '0,3',
      '--out',
      'b.safetensors',
    );
    const b = new Tensors(join(scratch, 'b.safetensors'));
    expect(b.names.sort()).toEqual(['resid_post.0', 'resid_post.3', 'token_ids']);
    expect(relativeError(b.floats('resid_post.3'), a.floats('resid_post.3'))).toBeLessThan(1e-6);
  });
});

describe('rollouts, labels and vectors', () => {
  it('go on where they were stopped, and do not mix runs', async () => {
    const names = readdirSync(join(scratch, 'rollouts')).filter(name => name.endsWith('.rollout.txt'));
    expect(names.length).toBe(60);
    const before = readFileSync(join(scratch, 'rollouts', names[3]), 'utf8');
    rmSync(join(scratch, 'rollouts', names[7]));
    const args = ['rollouts', '--model', REASONING, '--prompts', 'prompts.jsonl', '--out', 'rollouts'];
    const run = await doubletake(...args, '--seed', 5);
    expect(run.stderr).toContain('1 written, 59 already there');
    expect(readFileSync(join(scratch, 'rollouts', names[3]), 'utf8')).toBe(before);
    const other = await doubletake(...args, '--seed', 6);
    expect(other.code).toBe(1);
    expect(lastLine(other.stderr)).toContain('of another run (seed');
  });

  it('a vector equals the difference of means of the activations themselves', async () => {
    const v = new Tensors(join(scratch, 'v.safetensors'));
    expect(v.names).toEqual(['vector']);
    expect(v.metadata).toMatchObject({
      layer: '2',
      label: 'backtracking',
      windowOffset: '-12',
      windowLength: '5',
      hook: 'resid_post.2',
    });
    const { TextModel } = await import('../../src/model/textModel');
    const { tokenizeRollouts } = await import('../../src/study/harvestRollouts');
    const { emptySums, addGroup } = await import('../../src/core/sums');
    const sums = emptySums([2], 128, [-12, -8]);
    const model = await startModel(BASE);
    for (const rollout of await tokenizeRollouts(TextModel.open(BASE), join(scratch, 'rollouts'))) {
      const out = join(scratch, 'r.safetensors');
      await model.call('activations', { ids: rollout.ids, layers: [2], logits: false, out });
      const h = new Tensors(join(scratch, 'r.safetensors')).floats('resid_post.2');
      for (const { first, label } of rollout.sentences) {
        const from = Math.max(-12, -first);
        if (from > -8) continue;
        const rows = Float64Array.from(h.subarray((first + from) * 128, (first - 7) * 128));
        addGroup(sums, { label, half: 0, from, to: -8, count: 1, sums: [rows] });
      }
    }
    model.stop();
    const choice = { layer: 2, offset: -12, length: 5 };
    const plus = meanActivation(sums, { ...choice, label: 'backtracking' });
    const all = meanActivation(sums, { ...choice, label: null });
    expect(v.metadata.positives).toBe(String(plus.windows));
    expect(
      relativeError(
        v.floats('vector'),
        plus.mean.map((x, i) => x - all.mean[i]),
      ),
    ).toBeLessThan(1e-4);
  });

  it('keeps labels that are there unless told to replace them', async () => {
    cpSync(join(scratch, 'rollouts'), join(scratch, 'hand'), { recursive: true });
    const [name] = readdirSync(join(scratch, 'hand')).filter(entry => entry.endsWith('.ann'));
    const path = join(scratch, 'hand', name);
    const mine = readFileSync(path, 'utf8').replace(/\t\S+ /, '\tmy-own-label ');
    writeFileSync(path, mine);
    expect((await doubletake('label', 'hand', '--judge', 'keyword')).stdout).toContain('my-own-label');
    expect(readFileSync(path, 'utf8')).toBe(mine);
    expect((await doubletake('label', 'hand', '--judge', 'keyword', '--replace')).stdout).not.toContain(
      'my-own-label',
    );
  });

  it('imports JSON lines with labels in code points', async () => {
    const response = '<think>\n😀 So it is. Wait, no. It is not.\n</think>\nNo.';
    const start = [...response].join('').indexOf('Wait') - 1;
    file(
      'in.jsonl',
      `${JSON.stringify({ prompt: 'Is it?', response, labels: [{ start, end: start + 9, label: 'backtracking' }] })}\n`,
    );
    expect((await doubletake('import', 'in.jsonl', '--out', 'imported')).code).toBe(0);
    const [name] = readdirSync(join(scratch, 'imported')).filter(entry => entry.endsWith('.rollout.txt'));
    const text = readFileSync(join(scratch, 'imported', name), 'utf8');
    expect(text.endsWith(response)).toBe(true);
    const [, span] = readFileSync(join(scratch, 'imported', name.replace('.txt', '.ann')), 'utf8').split(
      '\t',
    );
    const [label, from, to] = span.split(' ');
    expect(label).toBe('backtracking');
    expect([...text].slice(Number(from), Number(to)).join('')).toBe('Wait, no.');
  });
});

it('Ctrl-C cancels within a token, keeps what is written and says so', async () => {
  const args = [
    'rollouts',
    '--model',
    REASONING,
    '--prompts',
    'prompts.jsonl',
    '--count',
    '5000',
    '--out',
    'cut',
  ];
  // A group of its own, as a terminal gives the signal to every process of the command.
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: scratch,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const folder = join(scratch, 'cut');
  const written = () =>
    existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.rollout.txt')) : [];
  while (written().length < 3) await new Promise(resolve => setTimeout(resolve, 50));
  const signalled = performance.now();
  process.kill(-child.pid!, 'SIGINT');
  const code = await new Promise(resolve => child.on('exit', resolve));
  expect([code, lastLine(stderr)]).toEqual([130, 'Cancelled.']);
  expect(performance.now() - signalled).toBeLessThan(5000);
  for (const name of written()) expect(readFileSync(join(folder, name), 'utf8')).toContain('<think>');
});

describe('failures: exit code 1, one line naming the culprit, nothing half written, what was there is kept', () => {
  const vector = ['vector', '--rollouts', 'rollouts', '--layer', '2', '--out', 'kept.safetensors', '--model'];
  const cases: [string, string[], string][] = [
    ['a model that is not there', ['check', '--model', 'nowhere'], 'nowhere'],
    [
      'an empty prompt',
      ['generate', '--model', REASONING, '--prompt-file', 'empty.txt'],
      'empty.txt is empty',
    ],
    [
      'text that is not UTF-8',
      ['generate', '--model', REASONING, '--prompt-file', 'latin1.txt'],
      'latin1.txt',
    ],
    ['a missing prompt file', ['generate', '--model', REASONING, '--prompt-file', 'gone.txt'], 'gone.txt'],
    [
      'a layer that does not exist',
      ['vector', '--model', BASE, '--rollouts', 'rollouts', '--layer', '99', '--out', 'kept.safetensors'],
      'Layer 99',
    ],
    ['a label without a window', [...vector, BASE, '--label', 'no-such-label'], 'no-such-label'],
    [
      'a folder without rollouts',
      ['vector', '--model', BASE, '--rollouts', '.', '--layer', '2', '--out', 'kept.safetensors'],
      'no rollouts',
    ],
    [
      'a vector of another width',
      [
        'generate',
        '--model',
        REASONING,
        '--prompt-file',
        'prompt.txt',
        '--vector',
        'narrow.safetensors',
        '--strength',
        '1',
        '--layer',
        '1',
      ],
      'has 3 numbers',
    ],
    [
      'a NaN in a vector',
      [
        'generate',
        '--model',
        REASONING,
        '--prompt-file',
        'prompt.txt',
        '--vector',
        'nan.safetensors',
        '--strength',
        '1',
        '--layer',
        '1',
      ],
      'nan.safetensors',
    ],
    [
      'prompts that are no JSON',
      ['rollouts', '--model', REASONING, '--prompts', 'prompt.txt', '--out', 'never'],
      'prompt.txt, line 1',
    ],
    [
      'a folder to write to that is a file',
      ['activations', '--model', BASE, '--text-file', 'prompt.txt', '--out', 'prompt.txt/x.safetensors'],
      'prompt.txt',
    ],
  ];

  beforeAll(() => {
    file('empty.txt', '');
    file('latin1.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
    const narrow = (values: number[]) =>
      Buffer.concat(
        encodeSafetensors({ v: { dtype: 'F32', shape: [values.length], data: Float32Array.from(values) } }),
      );
    file('narrow.safetensors', narrow([1, 2, 3]));
    file('nan.safetensors', narrow([...new Array(127).fill(1), Number.NaN]));
    file('kept.safetensors', 'an older result');
  });

  it.each(cases)('%s', async (_, args, message) => {
    const { code, stderr } = await doubletake(...args);
    expect(code).toBe(1);
    expect(lastLine(stderr)).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(join(scratch, 'kept.safetensors'), 'utf8')).toBe('an older result');
    expect(readdirSync(scratch).filter(name => name.includes('incomplete'))).toEqual([]);
    expect(existsSync(join(scratch, 'never'))).toBe(false);
  });

  it('two prompts that would share a file are refused before anything runs', async () => {
    const line = (id: string) => JSON.stringify({ id, prompt });
    file('twins.jsonl', `${line('a/b')}\n${line('A-b')}\n`);
    const run = await doubletake(
      'rollouts',
      '--model',
      REASONING,
      '--prompts',
      'twins.jsonl',
      '--out',
      'twins',
    );
    expect(run.code).toBe(1);
    expect(lastLine(run.stderr)).toContain('a/b and A-b');
    expect(existsSync(join(scratch, 'twins'))).toBe(false);
  });

  it('a rollout that cannot be written ends the run with one message and loses nothing', async () => {
    file('two.jsonl', `${JSON.stringify({ id: 'one', prompt })}\n${JSON.stringify({ id: 'two', prompt })}\n`);
    // A folder stands where the second rollout's file belongs.
    mkdirSync(join(scratch, 'blocked', 'two.rollout.json', 'x'), { recursive: true });
    const run = await doubletake(
      'rollouts',
      '--model',
      REASONING,
      '--prompts',
      'two.jsonl',
      '--out',
      'blocked',
    );
    expect(run.code).toBe(1);
    expect(lastLine(run.stderr)).toContain('two.rollout.json');
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it('a prompt that does not fit the model is named', async () => {
    file('long.jsonl', JSON.stringify({ id: 'epic', prompt: 'tea '.repeat(3000) }));
    const run = await doubletake(
      'rollouts',
      '--model',
      REASONING,
      '--prompts',
      'long.jsonl',
      '--out',
      'never',
    );
    expect([run.code, lastLine(run.stderr)?.startsWith('The prompt epic has')]).toEqual([1, true]);
  });

  it('reproduce refuses what cannot work before it works', async () => {
    const args = [
      'reproduce',
      '--base',
      BASE,
      '--reasoning',
      REASONING,
      '--rollouts',
      'rollouts',
      '--out',
      'r',
    ];
    for (const [wrong, message] of [
      [['--layer', '99'], 'Layer 99'],
      [['--offset', '-60'], 'window of 5 tokens from -60'],
      [['--strengths', '0'], 'not 0'],
    ] as const) {
      const run = await doubletake(...args, ...wrong);
      expect(run.code).toBe(1);
      expect(lastLine(run.stderr)).toContain(message);
    }
    expect(existsSync(join(scratch, 'r'))).toBe(false);
  });

  it('a usage error is 2, and --verbose shows the stack', async () => {
    expect((await doubletake('vector', '--model', BASE)).code).toBe(2);
    expect(
      (await doubletake('generate', '--model', BASE, '--prompt-file', 'prompt.txt', '--temperature', 'hot'))
        .code,
    ).toBe(2);
    expect((await doubletake('dance')).code).toBe(2);
    expect((await doubletake('activations', '--model', BASE, '--out', 'x')).code).toBe(2);
    expect(
      (await doubletake('generate', '--model', BASE, '--prompt-file', 'prompt.txt', '--strength', 1)).code,
    ).toBe(2);
    expect((await doubletake('--help')).code).toBe(0);
    expect((await doubletake('check', '--model', 'nowhere', '--verbose')).stderr).toMatch(/\n\s+at /);
  });

  it('refuses a vector of another family of models', async () => {
    const golden = join(ROOT, 'test', 'goldens', 'llama3');
    mkdirSync(join(scratch, 'other'));
    cpSync(golden, join(scratch, 'other'), { recursive: true });
    for (const name of ['tokenizer.json', 'tokenizer_config.json'])
      cpSync(join(REASONING, name), join(scratch, 'other', name));
    const run = await doubletake(
      'generate',
      '--model',
      'other',
      '--prompt-file',
      'prompt.txt',
      '--raw',
      '--vector',
      'v.safetensors',
      '--strength',
      1,
    );
    expect(run.code).toBe(1);
    expect(lastLine(run.stderr)).toMatch(/another|width|numbers/);
  });
});
