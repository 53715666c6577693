import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importFile, importReportName } from '../../src/files/importFile';
import { readRollout } from '../../src/files/rolloutFolder';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doubletake-import-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function importText(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  return importFile(path, out);
}

const THINKING = 'Okay, I count the apples. Wait. There are seven. Wait. There are eight of them.';
const VENHOFF = [
  {
    response: `<think>${THINKING}</think>\nWait. There are eight of them.`,
    thinking_process: THINKING,
    label_counts: { deduction: 2 },
    original_message: { role: 'user', content: 'How many apples?' },
    annotated_response:
      '["initializing"] Okay, I count the apples. ["end-section"] [2. deduction] There are seven. [end-section]' +
      '["backtracking"] Wait. ["end-section"] ["deduction"] There are 8 of them. ["end-section"] Well, ' +
      '["deduction"] Bananas are not mentioned anywhere. ["end-section"]',
  },
  { response: 'So.', annotated_response: '' },
];

test('Venhoff’s file: parts stand in the thinking, what is not placed is listed', async () => {
  const summary = await importText('my file.json', JSON.stringify(VENHOFF));
  expect(summary).toMatchObject({
    rollouts: 2,
    parts: 5,
    placed: 4,
    placedBy: { exact: 3, whitespace: 0, fuzzy: 1 },
  });
  expect(summary.unplaced).toEqual([
    expect.objectContaining({
      rollout: 'my-file-1',
      label: 'deduction',
      text: 'Bananas are not mentioned anywhere.',
    }),
    expect.objectContaining({ rollout: 'my-file-1', label: null, text: 'Well,' }),
  ]);
  expect(JSON.parse(await readFile(join(out, importReportName('my file.json')), 'utf8'))).toEqual({
    source: 'my file.json',
    ...summary,
  });
  const { rollout, text, spans, metadata, problems } = await readRollout(out, 'my-file-1');
  expect(rollout).toMatchObject({ prompt: 'How many apples?', response: VENHOFF[0].response });
  expect(problems).toEqual([]);
  expect(spans.map(s => [s.label, text.slice(s.start, s.end)])).toEqual([
    ['initializing', 'Okay, I count the apples.'],
    ['deduction', 'There are seven.'],
    ['backtracking', 'Wait.'],
    ['deduction', 'There are eight of them.'],
  ]);
  expect(spans[2].start).toBe(text.lastIndexOf('Wait. There', text.indexOf('</think>')));
  expect(metadata).toEqual({ label_counts: { deduction: 2 }, importedFrom: 'my file.json, record 1' });
});

test('JSON lines: the response as it was, labels in code points, every field kept', async () => {
  const records = [
    {
      id: 'x',
      prompt: '</prompt>',
      response: '🙂\r\nWait',
      labels: [{ start: 3, end: 7, label: 'backtracking' }],
    },
    { prompt: 'Q', response: '' },
  ];
  const summary = await importText('a.jsonl', `${records.map(r => JSON.stringify(r)).join('\r\n')}\n\n`);
  expect(summary).toMatchObject({ rollouts: 2, parts: 1, placed: 1, unplaced: [] });
  const { rollout, text, spans, metadata } = await readRollout(out, 'a-1');
  expect(rollout).toMatchObject({ prompt: '</prompt>', response: '🙂\r\nWait' });
  expect(spans.map(s => text.slice(s.start, s.end))).toEqual(['Wait']);
  expect(metadata).toEqual({ id: 'x', importedFrom: 'a.jsonl, line 1' });
  expect((await readRollout(out, 'a-2')).rollout).toMatchObject({ prompt: 'Q', response: '' });
});

test.each([
  ['a.csv', 'x', /cannot be imported/],
  ['a.json', '{', /a\.json is not JSON/],
  ['a.json', '{}', /is not a list/],
  ['a.json', '[]', /no rollouts in it/],
  [
    'a.json',
    '[{"response": "x", "annotated_response": ""}, {"response": 3}]',
    /a\.json, record 2: "response"/,
  ],
  ['a.jsonl', '\n\n', /no rollouts in it/],
  ['a.jsonl', '{"prompt": "", "response": ""}\n\n{"prompt": 1}', /a\.jsonl, line 3: "prompt"/],
])('%s with %j is refused and nothing is written', async (name, text, message) => {
  await expect(importText(name, text)).rejects.toThrow(message);
  expect(await readdir(folder)).toEqual([name]);
});

test('rollouts that are there already are not written over', async () => {
  await importText('a.jsonl', '{"prompt": "", "response": "one"}');
  await expect(importText('a.jsonl', '{"prompt": "", "response": "two"}')).rejects.toThrow(
    /a-1 is already there/,
  );
  expect((await readRollout(out, 'a-1')).rollout.response).toBe('one');
});
