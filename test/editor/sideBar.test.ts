import { describe, expect, it } from 'vitest';
import { sameTally, tally, tallyAnn } from '../../src/editor/rollout/labelTally';
import { steerPlaces } from '../../src/editor/rollout/steerPlaces';
import { placed } from '../../src/editor/steering/placed';
import { byOrder, orderKey } from '../../src/editor/views/rows/naturalOrder';
import { ReadQueue } from '../../src/editor/views/rows/readQueue';
import {
  describeFilter,
  filterOfArgument,
  filterRows,
  isFiltering,
  type RolloutFilter,
  SHOW_ALL,
} from '../../src/editor/views/rows/rolloutFilter';
import { byCategory, inRanges, repeatedNames } from '../../src/editor/views/rows/rolloutGroups';
import { aboutOf, type RolloutRow, totalsOf } from '../../src/editor/views/rows/rolloutRow';
import { labelMarks, labelsInWords, totalsInWords } from '../../src/editor/views/rows/rolloutWords';
import { parseWeight, signed } from '../../src/editor/views/rows/steeringWords';
import { provenance, STABLE_FROM, stabilityInWords } from '../../src/editor/views/rows/vectorWords';
import { walk } from '../../src/editor/views/rows/walk';

const row = (name: string, more: Partial<RolloutRow> = {}): RolloutRow => ({
  key: `file:///${name}`,
  name,
  folder: '',
  order: orderKey(name),
  ...more,
});
const about = (category: string | undefined, reviewed = false) => ({ about: { category, reviewed } });

describe('order and groups of rollouts', () => {
  it.each([
    [
      ['a10', 'a2', 'A1', 'b1', 'a02'],
      ['A1', 'a02', 'a2', 'a10', 'b1'],
    ],
    [
      ['x', 'x-1', 'x-0'],
      ['x', 'x-0', 'x-1'],
    ],
    [
      ['9', '10', '123456789012345678', '0'],
      ['0', '9', '10', '123456789012345678'],
    ],
  ])('%j in natural order', (names, expected) => {
    expect(
      names
        .map(name => row(name))
        .sort(byOrder)
        .map(({ name }) => name),
    ).toEqual(expected);
  });

  it('sorts 10,000 names within a frame or two', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => row(`topic-${(i * 7919) % 10_000}`));
    const started = performance.now();
    rows.sort(byOrder);
    expect(performance.now() - started).toBeLessThan(200);
    expect(rows[10].name).toBe('topic-10');
  });

  it('groups by category, in natural order, none last, and leaves out what is not read', () => {
    const rows = [
      row('a', about('part 10')),
      row('b', about('part 2')),
      row('c', about(undefined)),
      row('d'),
      row('e', about('part 2', true)),
    ];
    expect(byCategory(rows).map(({ category, rows }) => [category, rows.map(({ name }) => name)])).toEqual([
      ['part 2', ['b', 'e']],
      ['part 10', ['a']],
      [undefined, ['c']],
    ]);
  });

  it.each([
    [500, undefined],
    [501, [500, 501]],
    [1000, [500, 1000]],
  ])('cuts %i rows', (count, ends) => {
    const items = Array.from({ length: count }, (_, i) => i);
    expect(inRanges(items)?.map(({ to }) => to)).toEqual(ends);
    expect(inRanges(items)?.flatMap(({ items }) => items) ?? items).toEqual(items);
  });

  it('knows names that need their folder', () => {
    expect([...repeatedNames([row('a'), row('b'), row('a')])]).toEqual(['a']);
  });
});

describe('what the files say', () => {
  it.each([
    ['{"category":" animals ","reviewed":true}', { category: 'animals', reviewed: true }],
    ['{"category":3}', { category: '3', reviewed: false }],
    ['{"category":{},"reviewed":"yes"}', { category: undefined, reviewed: false }],
    ['null', { category: undefined, reviewed: false }],
    ['{broken', { category: undefined, reviewed: false }],
    ['', { category: undefined, reviewed: false }],
  ])('%s', (json, expected) => expect(aboutOf(json)).toEqual(expected));

  it('counts the labels of an .ann text', () => {
    const ann =
      'T1\tdeduction 0 4\tSo x\r\nT2\tbacktracking 5 9\tWait\nT3\tdeduction 9 12\n#1\tnote T1\tdeduction 0 4\nT4\tdeduction 1 2;4 5\tx y\nT5 deduction 0 1\nT6\tconstructor 0 1\tx\n';
    expect({ ...tallyAnn(ann) }).toEqual({ deduction: 2, backtracking: 1, constructor: 1 });
    expect(sameTally(tallyAnn(ann), tally(['constructor', 'deduction', 'deduction', 'backtracking']))).toBe(
      true,
    );
    expect(sameTally(tally(['a']), tally(['b']))).toBe(false);
    expect(sameTally(tally(['a']), tally(['a', 'b']))).toBe(false);
  });

  it('adds up, and tells backtrackings only once all are counted', () => {
    const rows = [
      row('a', { ...about('x', true), labels: tally(['backtracking', 'deduction']) }),
      row('b', { ...about('x'), labels: tally(['backtracking']) }),
    ];
    expect(totalsInWords(totalsOf(rows))).toBe('2 rollouts · 1 reviewed · 2 backtrackings');
    expect(totalsInWords(totalsOf([...rows, row('c', about('x'))]))).toBe('3 rollouts · 1 reviewed');
    expect(totalsInWords(totalsOf(rows.slice(1)))).toBe('1 rollout · 1 backtracking');
  });

  it('shows counts as marks and in words, backtracking first', () => {
    const labels = tally(['deduction', 'zeta', 'backtracking', 'backtracking', 'eta']);
    const marks = { backtracking: '⑥', deduction: '②', '': '○' };
    expect(labelMarks(labels, marks)).toBe('⑥2 ②1 ○2');
    expect(labelsInWords(labels)).toBe('2 backtracking, 1 deduction, 1 eta, 1 zeta');
    expect(labelsInWords({})).toBe('no labels');
  });
});

describe('filter', () => {
  const rows = [
    row('animals-1', { ...about('animals', true), labels: tally(['backtracking']) }),
    row('animals-2', { ...about('animals'), labels: tally(['deduction']) }),
    row('Books-1', { ...about('books'), labels: {} }),
    row('loose', about(undefined)),
    row('unread'),
  ];
  const filters: [Partial<RolloutFilter>, string[], string][] = [
    [{}, ['animals-1', 'animals-2', 'Books-1', 'loose', 'unread'], ''],
    [{ text: ' 1 ani ' }, ['animals-1'], '“1 ani”'],
    [{ text: 'BOOKS' }, ['Books-1'], '“BOOKS”'],
    [{ categories: ['animals'] }, ['animals-1', 'animals-2'], 'animals'],
    [{ categories: [undefined, 'books'] }, ['Books-1', 'loose'], 'no category or books'],
    [{ review: ['reviewed'] }, ['animals-1'], 'reviewed'],
    [{ review: ['not reviewed'], categories: ['animals'] }, ['animals-2'], 'animals, not reviewed'],
    [{ labels: ['has backtracking'] }, ['animals-1'], 'has backtracking'],
    [{ labels: ['no labels'] }, ['Books-1'], 'no labels'],
    [
      { labels: ['no labels', 'has backtracking'], text: '1' },
      ['animals-1', 'Books-1'],
      '“1”, no labels or has backtracking',
    ],
  ];
  it.each(filters)('%j', (change, names, words) => {
    const filter = { ...SHOW_ALL, ...change };
    expect(filterRows(rows, filter).map(({ name }) => name)).toEqual(names);
    expect(describeFilter(filter)).toBe(words);
    expect(isFiltering(filter)).toBe(words !== '');
  });

  it.each([[undefined], [null], ['text'], [{ $treeViewId: 'x' }], [{}]])('%j is no filter', argument =>
    expect(filterOfArgument(argument)).toBeUndefined(),
  );

  it('takes what a command was called with', () =>
    expect(filterOfArgument({ text: 'a' })).toEqual({ ...SHOW_ALL, text: 'a' }));
});

describe('reading many files', () => {
  it('reads each once, a few at a time, and lets others have their turn', async () => {
    let atOnce = 0;
    let most = 0;
    const read: number[] = [];
    const left: number[] = [];
    const queue = new ReadQueue<number>(
      async item => {
        most = Math.max(most, ++atOnce);
        const until = performance.now() + 0.2;
        while (performance.now() < until);
        await Promise.resolve();
        read.push(item);
        atOnce--;
      },
      count => left.push(count),
    );
    let turns = 0;
    let counting = setImmediate(function count() {
      turns++;
      counting = setImmediate(count);
    });
    const items = Array.from({ length: 1000 }, (_, i) => i);
    queue.add(items);
    queue.add(items);
    await queue.idle();
    clearImmediate(counting);
    expect(new Set(read).size).toBe(1000);
    expect(read.length).toBeLessThan(1100);
    expect(left.at(-1)).toBe(0);
    expect(queue.left).toBe(0);
    expect(most).toBeLessThanOrEqual(16);
    // 200 ms of work in slices of 8 ms, between which others had their turn; in one go it would be one or two.
    expect(turns).toBeGreaterThan(15);
    await queue.idle();
  });

  it('walks through folders that cannot be searched, and past those that cannot be read', async () => {
    const tree: Record<string, [string, boolean][]> = {
      '/top': [
        ['a.rollout.txt', false],
        ['sub', true],
        ['gone', true],
        ['node_modules', true],
      ],
      '/top/sub': [
        ['b.rollout.txt', false],
        ['c.txt', false],
      ],
      '/top/node_modules': [['d.rollout.txt', false]],
    };
    const read = async (folder: string) => {
      if (!tree[folder]) throw new Error('no such folder');
      return tree[folder];
    };
    expect(await walk('/top', read, name => name.endsWith('.rollout.txt'))).toEqual([
      '/top/a.rollout.txt',
      '/top/sub/b.rollout.txt',
    ]);
  });
});

describe('vectors in words', () => {
  it.each([
    [0.93, /^stable: split-half cosine 0\.93$/],
    [STABLE_FROM, /^stable/],
    [0.42, /^unstable: split-half cosine 0\.42 is below 0\.67, compute it from more rollouts$/],
    [null, /^stability unknown/],
  ])('split-half cosine %s', (cosine, words) => expect(stabilityInWords(cosine)).toMatch(words));

  it('tells the whole provenance, and nothing of a file becomes markup', () => {
    const table = provenance(
      {
        model: '[x](command:evil)|',
        modelHash: '8b1d24bde25a0f69288e71d3d7628884',
        familyHash: 'f',
        tokenizerHash: 't',
        layer: 1,
        dModel: 128,
        operation: 'difference-of-means',
        label: 'backtracking',
        windowOffset: -12,
        windowLength: 5,
        labelCounts: { deduction: 90, backtracking: 10 },
        positives: 106,
        windows: 2750,
        rolloutHashes: ['a', 'b'],
        norm: 42.735,
        meanNorm: 139.18,
        splitHalfCosine: 0.5,
        toolVersion: 'doubletake 0.1.0',
      },
      'today',
    );
    expect(table).not.toContain('](command');
    const plain = table.replaceAll('\\', '');
    for (const said of [
      'hash 8b1d24bde25a |',
      'offset −12, length 5',
      '106 before backtracking of 2750',
      '| rollouts | 2 |',
      '90 deduction, 10 backtracking',
      '42.7 (mean activation 139, ratio 0.31)',
      'unstable',
      'difference-of-means',
      'today',
    ])
      expect(plain).toContain(said);
    for (const line of table.split('\n')) expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
  });
});

describe('steering set in words', () => {
  it.each([
    ['1', 1],
    [' -2.5 ', -2.5],
    ['−0.5', -0.5],
    ['0', 0],
    ['1e-2', 0.01],
  ])('%j is a weight', (text, weight) => expect(parseWeight(text)).toBe(weight));

  it.each(['', ' ', 'one', '1,5', 'Infinity', 'NaN', '--1'])('%j is none', text =>
    expect(parseWeight(text)).toMatch(/^A number/),
  );

  it('writes a true minus sign', () => expect([1, -0.5, 0].map(signed)).toEqual(['1', '−0.5', '0']));

  const entries = ['a', 'b', 'c'].map(path => ({ path, weight: 2 }));
  it.each([
    [['x'], undefined, 'abcx'],
    [['x', 'y'], 'b', 'axybc'],
    [['c'], 'a', 'cab'],
    [['a'], 'c', 'bac'],
    [['a'], undefined, 'bca'],
    [['b'], 'b', 'abc'],
    [['a', 'b'], 'a', 'abc'],
    [['x', 'x'], 'a', 'xabc'],
    [['a'], 'gone', 'bca'],
  ])('%j before %s', (moved, before, expected) => {
    const result = placed(entries, moved, before, path => ({ path, weight: 1 }));
    expect(result.map(({ path }) => path).join('')).toBe(expected);
    for (const { path, weight } of result) expect(weight).toBe('abc'.includes(path) ? 2 : 1);
  });
});

describe('places to steer from', () => {
  const at = (text: string, sentence: string, label = 'backtracking') => {
    const start = text.indexOf(sentence);
    return { start, end: start + sentence.length, label };
  };
  const places = (text: string, sentences: string[]) =>
    steerPlaces(
      text,
      sentences.map(sentence => at(text, sentence)),
      offset => text.slice(0, offset).split('\n').length - 1,
    );

  it('need no words at the start of a line', () => {
    expect(places('So.\n  Wait, no.\nYes.', ['Wait, no.'])).toEqual([
      { start: 6, title: '▶ Steer from here' },
    ]);
  });

  it('are named by their opening words within a line, three at most', () => {
    const text = 'So it is. Wait, that cannot be the right answer. Hmm. Hold on. But $(zap)\u202e wait.';
    const sentences = [
      'But $(zap)\u202e wait.',
      'Wait, that cannot be the right answer.',
      'Hmm.',
      'Hold on.',
    ];
    expect(places(text, sentences).map(({ title }) => title)).toEqual([
      '▶ Steer from here: “Wait, that cannot be the …”',
      '▶ Steer from here: “Hmm.”',
      '▶ Steer from here: “Hold on.”',
    ]);
    expect(places(text, sentences.slice(0, 1))[0].title).toBe('▶ Steer from here: “But \\$(zap) wait.”');
  });

  it('are none for other labels, and 200 at most', () => {
    expect(steerPlaces('Wait.', [at('Wait.', 'Wait.', 'deduction')], () => 0)).toEqual([]);
    const text = 'Wait.\n'.repeat(1000);
    const spans = Array.from({ length: 1000 }, (_, i) => ({
      start: i * 6,
      end: i * 6 + 5,
      label: 'backtracking',
    }));
    expect(steerPlaces(text, spans, offset => offset / 6)).toHaveLength(200);
  });
});
