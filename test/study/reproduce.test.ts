import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReproduceResults } from '../../src/core/results';
import { cosine } from '../../src/core/vectorAlgebra';
import { BASE, CLI, REASONING, ROOT, Tensors } from '../model/support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-study-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], { cwd: scratch }, (error, _, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stderr),
    );
  });

const settings = [
  '--count',
  '5',
  '--strengths',
  '0,2',
  '--window-offsets',
  '-12,0',
  '--layer',
  '2',
  '--seed',
  '1',
];
const reproduce = (out: string) => [
  'reproduce',
  '--base',
  BASE,
  '--reasoning',
  REASONING,
  '--rollouts',
  'rollouts',
  '--prompts',
  'steer.jsonl',
  '--out',
  out,
  ...settings,
];
const results = (out: string): ReproduceResults =>
  JSON.parse(readFileSync(join(scratch, out, 'results.json'), 'utf8'));
const numbers = ({ seconds: _, settings: { command: __, ...kept }, ...rest }: ReproduceResults) => ({
  ...rest,
  settings: kept,
});

beforeAll(async () => {
  const lines = readFileSync(join(ROOT, 'models', 'prompts.jsonl'), 'utf8')
    .split('\n')
    .slice(0, 80);
  writeFileSync(join(scratch, 'prompts.jsonl'), lines.join('\n'));
  writeFileSync(join(scratch, 'steer.jsonl'), readFileSync(join(ROOT, 'models', 'prompts.steer.jsonl')));
  await run(['rollouts', '--model', REASONING, '--prompts', 'prompts.jsonl', '--out', 'rollouts']);
  await run(['label', 'rollouts', '--judge', 'keyword']);
  await run(reproduce('first'));
});

it('writes a report, tables, traces, vectors and results', () => {
  const files = readdirSync(join(scratch, 'first'), { recursive: true }).map(String);
  for (const name of [
    'report.html',
    'results.json',
    'two-by-two.csv',
    'baselines.csv',
    join('vectors', 'base-derived.safetensors'),
  ]) {
    expect(files).toContain(name);
    expect(statSync(join(scratch, 'first', name)).size).toBeGreaterThan(100);
  }
  expect(files.some(name => name.startsWith('traces') && name.endsWith('.jsonl'))).toBe(true);
  expect(files.filter(name => name.includes('incomplete'))).toEqual([]);
});

it('measures every cell of every figure, controls included', () => {
  const r = results('first');
  const named = (cells: { intervention: string }[]) => new Set(cells.map(cell => cell.intervention));
  expect(r.twoByTwo.length).toBe(8);
  expect(r.twoByTwo.every(cell => cell.n === 5 && Number.isFinite(cell.b))).toBe(true);
  const controls = named(r.baselines);
  for (const control of [
    '−v',
    'noise 1',
    'noise 5',
    'mean activation',
    'self-amplification',
    'deduction',
    'initializing',
  ]) {
    expect(controls).toContain(control);
  }
  expect(r.windows.map(cell => cell.offset)).toEqual([null, -12, 0]);
  expect(r.layers.slice(1).map(cell => cell.layer)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(r.lensByLayer.length).toBe(4 * 6);
  expect(r.projection!.tokens.some(token => token.backtracking)).toBe(true);
  expect(r.findings.map(finding => finding.id)).toEqual([
    'fig3',
    'fig4',
    'minus',
    'base',
    'cosine',
    'lens',
    'optimum',
  ]);
});

it('keeps the vectors it steered with, and their cosine', () => {
  const vector = (which: string) =>
    new Tensors(join(scratch, 'first', 'vectors', `${which}-derived.safetensors`)).floats('vector');
  const at = results('first').cosineByLayer.find(c => c.layer === 2)!;
  expect(cosine(vector('base'), vector('reasoning'))).toBeCloseTo(at.baseReasoning, 5);
});

it('the vector command gives the same vector as reproduce', async () => {
  await run(['vector', '--model', BASE, '--rollouts', 'rollouts', '--layer', '2', '--out', 'v.safetensors']);
  const alone = new Tensors(join(scratch, 'v.safetensors')).floats('vector');
  const kept = new Tensors(join(scratch, 'first', 'vectors', 'base-derived.safetensors')).floats('vector');
  expect(cosine(alone, kept)).toBeGreaterThan(0.999999);
});

it('gives the same numbers for the same seed, also when it is killed on the way and goes on', async () => {
  const child: ChildProcess = spawn(process.execPath, [CLI, ...reproduce('second')], {
    cwd: scratch,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>(resolve => {
    child.stderr!.on('data', chunk => {
      if (String(chunk).includes('base model')) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve());
  });
  const done = readdirSync(join(scratch, 'second', 'stages'));
  expect(done.length).toBeGreaterThan(0);
  await run(reproduce('second'));
  expect(numbers(results('second'))).toEqual(numbers(results('first')));
  expect(results('second').seconds).not.toHaveProperty('two-by-two-reasoning-model');
});
