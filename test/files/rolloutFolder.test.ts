import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors';
import { formatRollout } from '../../src/core/rollout';
import { atomicWrite } from '../../src/files/atomicWrite';
import {
  listRollouts,
  readRollout,
  readRollouts,
  removeRollout,
  requireRollouts,
  rolloutHash,
  writeLabels,
  writeRollout,
} from '../../src/files/rolloutFolder';
import { readUtf8 } from '../../src/files/textFile';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doubletake-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writing', () => {
  test('replaces a file whole and leaves nothing beside it', async () => {
    const path = join(folder, 'a.txt');
    await atomicWrite(path, 'one');
    await atomicWrite(path, new Uint8Array([0x74, 0x77, 0x6f]));
    expect(await readFile(path, 'utf8')).toBe('two');
    async function* chunks() {
      yield new Uint8Array([0x31]);
      yield new Uint8Array([0x32]);
    }
    await atomicWrite(path, chunks());
    expect(await readFile(path, 'utf8')).toBe('12');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  test('that fails half-way keeps the old file', async () => {
    const path = join(folder, 'a.txt');
    await atomicWrite(path, 'old');
    async function* broken() {
      yield new Uint8Array([0x31]);
      throw new Error('the source broke');
    }
    await expect(atomicWrite(path, broken())).rejects.toThrow('the source broke');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  test.skipIf(process.platform !== 'linux')('to a full disk names the file', async () => {
    // /dev/full: every write fails with ENOSPC.
    const { asUserError } = await import('../../src/files/systemError');
    const error = await writeFile('/dev/full', 'x').catch(e => asUserError(e, 'write', 'out.txt'));
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(/out\.txt.*disk is full/);
  });

  test('where there is no folder, or a folder stands, is refused', async () => {
    await expect(atomicWrite(join(folder, 'no', 'a.txt'), 'x')).rejects.toThrow(
      /cannot write .*a\.txt: there is no such/,
    );
    await mkdir(join(folder, 'dir'));
    await expect(atomicWrite(join(folder, 'dir'), 'x')).rejects.toThrow(UserError);
    expect(await readdir(folder)).toEqual(['dir']);
  });

  test('one file twice at a time leaves one whole version', async () => {
    const path = join(folder, 'a.txt');
    await Promise.all(['a', 'b', 'c'].map(c => atomicWrite(path, c.repeat(100_000))));
    expect(await readFile(path, 'utf8')).toMatch(/^(a{100000}|b{100000}|c{100000})$/);
    expect(await readdir(folder)).toEqual(['a.txt']);
  });
});

describe('reading text', () => {
  test.each<[string, number[], number]>([
    ['a stray continuation', [0x61, 0x80, 0x62], 1],
    ['Latin-1', [0x61, 0xe9, 0x62], 1],
    ['a cut character', [0x61, 0x62, 0xe2, 0x82], 2],
    ['a cut U+FFFD', [0x61, 0xef, 0xbf], 1],
    ['a surrogate', [0xf0, 0x9f, 0x99, 0x82, 0xed, 0xa0, 0x80], 4],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 0],
  ])('refuses %s with its offset', async (_, bytes, offset) => {
    const path = join(folder, 'a.txt');
    await writeFile(path, new Uint8Array(bytes));
    await expect(readUtf8(path)).rejects.toThrow(new RegExp(`a\\.txt is not UTF-8.* at offset ${offset};`));
  });

  test('keeps every character, U+FFFD and the byte order mark too', async () => {
    const text = '\uFEFFa\r\n🙂\uFFFD\0';
    await writeFile(join(folder, 'a.txt'), text);
    expect(await readUtf8(join(folder, 'a.txt'))).toBe(text);
  });

  test('refuses what is missing or a folder', async () => {
    await expect(readUtf8(join(folder, 'none.txt'))).rejects.toThrow(
      /cannot read .*none\.txt: there is no such/,
    );
    await expect(readUtf8(folder)).rejects.toThrow(/it is a folder/);
  });
});

describe('a folder of rollouts', () => {
  const rollout = { prompt: 'Q?\r\n', response: '<think>\n🙂 So. Wait.\n</think>\n4' };
  const file = formatRollout(rollout);
  const at = (quote: string, label: string) => {
    const start = file.indexOf(quote);
    return { start, end: start + quote.length, label };
  };
  const span = at('So. W', 'backtracking');

  test('gives back what was written', async () => {
    const out = join(folder, 'new', 'deep');
    await writeRollout(out, { name: 'r1', rollout, spans: [span], metadata: { seed: 3, model: 'tiny' } });
    const read = await readRollout(out, 'r1');
    expect(read).toMatchObject({ name: 'r1', rollout, problems: [], metadata: { seed: 3, model: 'tiny' } });
    expect(read.spans.map(s => [read.text.slice(s.start, s.end), s.label])).toEqual([
      ['So. W', 'backtracking'],
    ]);
    expect(await readFile(join(out, 'r1.rollout.ann'), 'utf8')).toBe('T1\tbacktracking 34 39\tSo. W\n');
    expect(read.hash).toBe(rolloutHash(read.text, 'T1\tbacktracking 34 39\tSo. W\n'));
    expect(read.hash).not.toBe(rolloutHash(read.text, ''));
  });

  test('lists in natural order, rollouts only', async () => {
    for (const name of ['r10', 'r2', 'R1', 'a-3']) await writeRollout(folder, { name, rollout });
    await writeFile(join(folder, 'notes.txt'), '');
    await writeFile(join(folder, '.rollout.txt'), '');
    expect(await listRollouts(folder)).toEqual(['a-3', 'R1', 'r2', 'r10']);
    const names: string[] = [];
    for await (const { name } of readRollouts(folder)) names.push(name);
    expect(names).toEqual(['a-3', 'R1', 'r2', 'r10']);
    await removeRollout(folder, 'r2');
    expect(await listRollouts(folder)).toEqual(['a-3', 'R1', 'r10']);
  });

  test('without rollouts is empty, and refused by who needs some', async () => {
    expect(await listRollouts(folder)).toEqual([]);
    await expect(requireRollouts(folder)).rejects.toThrow(/has no rollouts/);
    await expect(listRollouts(join(folder, 'none'))).rejects.toThrow(/there is no such/);
  });

  test('keeps notes when labels are replaced', async () => {
    await writeRollout(folder, { name: 'r', rollout, spans: [span] });
    const ann = join(folder, 'r.rollout.ann');
    await writeFile(ann, `${await readFile(ann, 'utf8')}#1\tAnnotatorNotes T1\tlook here\n`);
    await writeLabels(folder, 'r', [at(' Wa', 'deduction')]);
    expect(await readFile(ann, 'utf8')).toBe('T2\tdeduction 37 40\t Wa\n#1\tAnnotatorNotes T1\tlook here\n');
  });

  test('refuses bad labels before anything is written, bad names, and broken files by name', async () => {
    const bad = { name: 'r', rollout, spans: [{ ...span, end: 999 }] };
    await expect(writeRollout(folder, bad)).rejects.toThrow(/r\.rollout\.ann: .*not in its text/);
    expect(await readdir(folder)).toEqual([]);
    for (const name of ['../r', 'a/b', '', '.r', 'a:b']) {
      await expect(writeRollout(folder, { name, rollout })).rejects.toThrow(/cannot name a rollout/);
    }
    const half = { name: 'r', rollout: { prompt: '', response: '\ud83d' } };
    await expect(writeRollout(folder, half)).rejects.toThrow(/surrogate/);
    await writeFile(join(folder, 'x.rollout.txt'), '<prompt>\nnever closed');
    await expect(readRollout(folder, 'x')).rejects.toThrow(/x\.rollout\.txt: .*never closed/);
    await writeFile(join(folder, 'x.rollout.txt'), 'fine');
    await writeFile(join(folder, 'x.rollout.json'), '{');
    await expect(readRollout(folder, 'x')).rejects.toThrow(/x\.rollout\.json is not JSON/);
  });

  test.skipIf(process.platform === 'win32')(
    'does not take a link that goes round for missing labels',
    async () => {
      await writeRollout(folder, { name: 'r', rollout });
      await symlink('r.rollout.ann', join(folder, 'r.rollout.ann'));
      await expect(readRollout(folder, 'r')).rejects.toThrow(/links go round/);
    },
  );
});
