import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inPairs, median } from '../../src/bench/pairs';
import { ROOT } from '../model/support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-bench-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const bench = (args: string[], python = 'no-such-python') =>
  spawnSync(process.execPath, [join(ROOT, 'dist', 'bench.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, DOUBLETAKE_PEERS_PYTHON: python },
  });

describe('bench', () => {
  it('measures Doubletake alone on the bundled model, without Python', () => {
    const out = join(scratch, 'results.md');
    const { status, stdout, stderr } = bench(['--quick', '--ours-only', '--models', 'small', '--out', out]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const kind of [
      'load',
      'all 6 layers × 51 offsets',
      'steered decode, 32 rows',
      'distinct strengths',
    ]) {
      expect(stdout).toContain(kind);
    }
    const cells = readFileSync(out, 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| small'))
      .map(line => line.split(' | '));
    expect(cells.length).toBeGreaterThanOrEqual(10);
    for (const [, item, , unit, ours] of cells) {
      const value = Number.parseFloat(ours);
      expect(value, item).toBeGreaterThan(0);
      expect(value, `${item}, ${unit}`).toBeLessThan(60);
    }
  });

  it('says how to get the peers where Python has none', () => {
    const { status, stderr } = bench(['--quick', '--models', 'small']);
    expect(status).toBe(1);
    expect(stderr).toContain('bench/requirements.txt');
    expect(stderr).toContain('DOUBLETAKE_PEERS_PYTHON');
  });

  it('refuses an unknown item with code 2', () => {
    expect(bench(['--only', 'nothing']).status).toBe(2);
  });
});

describe('inPairs', () => {
  it('compares neighbours and swaps the order each time', async () => {
    const order: string[] = [];
    const side = (name: string, walls: number[]) => async () => {
      order.push(name);
      return { wall: walls.shift()! };
    };
    const { ratio, first, second } = await inPairs(3, side('a', [1, 2, 4]), side('b', [2, 6, 4]));
    expect(order.join('')).toBe('abbaab');
    expect(ratio).toEqual({ median: 2, least: 1, most: 3 });
    expect([first.wall, second.wall]).toEqual([2, 4]);
  });

  it('takes the mean of the two middle values', () => {
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
