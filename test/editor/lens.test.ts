import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parseRollout } from '../../src/core/rollout';
import type { RolloutDocument } from '../../src/editor/documents/rolloutDocument';
import { Latest } from '../../src/editor/lens/latest';
import { lensColumns } from '../../src/editor/lens/lensColumns';
import type { LensHostContract } from '../../src/editor/lens/lensContract';
import { lensHtml } from '../../src/editor/lens/lensHtml';
import { lensTable } from '../../src/editor/lens/lensMarkdown';
import { STRETCH, stretchStart, stretchTokens } from '../../src/editor/lens/lensStretch';
import { lensText, placedToken } from '../../src/editor/lens/lensText';
import { projectionPicture, projectionText } from '../../src/editor/lens/projectionPicture';
import { Recent } from '../../src/editor/lens/recent';
import { webviewPort } from '../../src/editor/lens/webviewPort';
import { RolloutTokenizer } from '../../src/editor/rollout/rolloutTokenizer';
import { RolloutTokens } from '../../src/editor/rollout/rolloutTokens';
import { shiftOffset } from '../../src/editor/rollout/shiftSpans';
import { TextModel } from '../../src/model/textModel';
import { answer } from '../../src/rpc/answerer';
import { Caller } from '../../src/rpc/caller';
import type { Message, Port } from '../../src/rpc/messages';

const ROOT = join(__dirname, '../..');
const REASONING = join(ROOT, 'models/reasoning');
const colors = { positive: '#1', negative: '#2', axis: '#3' };

const FILES: [string, string][] = [
  ['plain', '<prompt>\nWhere is Bea?\n</prompt>\n<think>\nHome. Wait, no.\n</think>\nOut.'],
  ['CRLF', '<prompt>\r\nWhere?\r\n</prompt>\r\n<think>\r\nHome. Wait, no.\r\n</think>\r\nOut.'],
  ['no prompt', 'Just text. Wait.'],
  ['emoji and RTL', '<prompt>\n🙂 أين?\n</prompt>\n<think>\n🙂🙂 Wait 👩‍👩‍👧</think></script>'],
  ['long', `<prompt>\nq\n</prompt>\n<think>\n${'Bea is at home. Wait. '.repeat(3000)}\n</think>\nx`],
];

describe('tokens for the model', () => {
  const model = TextModel.open(REASONING);
  const tokenizer = RolloutTokenizer.open(REASONING);

  it.each(FILES)('%s: ids, first to last, are those of TextModel.rolloutTokens', (_, file) => {
    const rollout = parseRollout(file);
    const tokens = new RolloutTokens(tokenizer);
    tokens.update(rollout);
    const { ids, starts, ends, responseStart } = model.rolloutTokens(rollout);
    expect(Array.from(tokens.firstIds(ids.length + 9))).toEqual(ids);
    expect(Array.from(tokens.firstIds(5))).toEqual(ids.slice(0, 5));
    expect(tokens.tokenAtPosition(ids.length)).toBeUndefined();
    const shift = rollout.responseStart - responseStart;
    for (let position = 0; position < ids.length; position += 1 + (ids.length >> 6)) {
      const token = tokens.tokenAtPosition(position)!;
      expect(token).toEqual({ id: ids[position], start: starts[position], end: ends[position], position });
      const place = tokens.placeOf(token);
      if (starts[position] >= responseStart && ends[position] > starts[position])
        expect(place).toEqual({ start: starts[position] + shift, end: ends[position] + shift });
      // Several tokens may share the bytes of one character: the first of them is the one at the place.
      const first = starts.findIndex((start, i) => start === starts[position] && ends[i] > start);
      if (place) expect(tokens.tokenAt(place.start)?.position).toBe(first);
    }
  });

  it('are a document’s own, of the version that it had', () => {
    const shared = new RolloutTokens(tokenizer);
    const document = { uri: 'file:///a', version: 1, isClosed: false };
    const rollout = parseRollout(FILES[0][1]);
    const open = { rollout, document, tokensOf: () => shared } as unknown as RolloutDocument;
    const text = lensText(open, tokenizer)!;
    expect(text.tokens).toBe(shared);
    expect(text.current()).toBe(true);
    const after = parseRollout(FILES[0][1].replace('Home', 'Here, I think'));
    Object.assign(open, { rollout: after, document: { ...document, version: 2 } });
    expect(text.current()).toBe(false);
    expect(lensText(open, tokenizer)!.key).not.toBe(text.key);
  });

  it('of a long text are counted in slices, and no more once the text is another or nobody waits', async () => {
    const text = `<prompt>\nq\n</prompt>\n${'Bea is at home. Wait. '.repeat(20_000)}`;
    const fresh = () => {
      const tokens = new RolloutTokens(tokenizer);
      tokens.update(parseRollout(text));
      return { key: '', tokens, current: () => true };
    };
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const found = await placedToken(fresh(), text.length - 3, new AbortController().signal);
    clearInterval(counting);
    expect(found!.position).toBeGreaterThan(100_000);
    expect(turns).toBeGreaterThan(5);
    const signal = new AbortController().signal;
    await expect(placedToken({ ...fresh(), current: () => false }, 30, signal)).rejects.toThrow('Cancelled');
    await expect(placedToken(fresh(), text.length - 3, AbortSignal.abort())).rejects.toThrow('Cancelled');
    expect(await placedToken(fresh(), text.length, signal)).toBeUndefined();
  });
});

describe('the stretch that is shown', () => {
  it.each([
    [0, undefined, 0],
    [7, undefined, 0],
    [100, undefined, 85],
    [100, { from: 90, to: 114 }, 90],
    [114, { from: 90, to: 114 }, 99],
    [3, { from: 90, to: 114 }, 0],
  ])('around %i when %j is shown begins at %i', (position, shown, from) =>
    expect(stretchStart(position, shown)).toBe(from),
  );

  it('says what stands in the file, and ends with the text and the model’s positions', () => {
    const tokens = new RolloutTokens(RolloutTokenizer.open(REASONING));
    tokens.update(parseRollout(FILES[0][1].replace('Home.', 'Home. She is at home.')));
    tokens.encodeUntil(Number.POSITIVE_INFINITY);
    const count = tokens.count!;
    const { shown, later } = stretchTokens(tokens, 0, 512);
    expect(shown).toHaveLength(STRETCH);
    expect(shown[0].inFile).toBe(false);
    expect(shown.at(-1)!.inFile).toBe(true);
    expect(later).toBe(true);
    expect(stretchTokens(tokens, count - 3, 512)).toMatchObject({ shown: { length: 3 }, later: false });
    expect(stretchTokens(tokens, 0, 10)).toMatchObject({ shown: { length: 10 }, later: false });
  });

  it.each([
    ['before', [{ start: 0, end: 2, length: 5 }], 13],
    ['after', [{ start: 12, end: 14, length: 0 }], 10],
    ['around', [{ start: 8, end: 12, length: 1 }], 8],
    [
      'several',
      [
        { start: 0, end: 0, length: 3 },
        { start: 4, end: 6, length: 0 },
      ],
      11,
    ],
  ])('moves with the text: a change %s', (_, changes, expected) =>
    expect(shiftOffset(10, changes)).toBe(expected),
  );
});

describe('what was read', () => {
  const grid = {
    layers: 2,
    topK: 2,
    // Layer 0: positions 7, 8; layer 1: positions 7, 8.
    ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    probabilities: Float32Array.of(0.5, 0.25, 1, 0, 0.5, 0.25, 0.004, 0.001),
    surprisal: Float32Array.of(Number.NaN, 1.5),
    projections: Float32Array.of(1, 2, 3, 4),
  };

  it('is kept by position', () => {
    const [first, second] = lensColumns(grid, 7);
    expect([first.position, first.surprisal, second.position, second.surprisal]).toEqual([7, null, 8, 1.5]);
    expect([...first.ids]).toEqual([1, 2, 5, 6]);
    expect([...second.ids]).toEqual([3, 4, 7, 8]);
    expect([...second.projections!]).toEqual([2, 4]);
    expect(lensColumns({ ...grid, projections: null }, 0)[0].projections).toBeNull();
  });

  it('becomes a table that the rollout’s tokens cannot break', () => {
    const [, column] = lensColumns(grid, 7);
    const texts: Record<number, string> = { 3: ' a|b', 7: '[x](command:evil)', 8: '<img src=x>\n' };
    const view = { title: 'base model', column, tokenText: (id: number) => texts[id] ?? '' };
    expect(lensTable([view, { ...view, title: 'reasoning model' }], 1).split('\n')).toEqual([
      '| layer | base model | reasoning model |',
      '|---:|:---|:---|',
      '| 1 | \\[x\\]\\(command\\:evil\\) &lt;1 % | \\[x\\]\\(command\\:evil\\) &lt;1 % |',
      '| 0 | ␣a\\|b 100 % | ␣a\\|b 100 % |',
    ]);
    expect(lensTable([view], 9)).toContain('· &lt;img␣src=x&gt;⏎ &lt;1 % |');
  });

  it('is drawn with a bar for each layer, and told in numbers', () => {
    const uri = projectionPicture([1, -2, 0], 1, colors);
    const svg = Buffer.from(uri.split(',')[1], 'base64').toString();
    expect(svg.match(/<rect/g)).toHaveLength(3);
    expect(svg.match(/fill="#1"/g)).toHaveLength(2);
    expect(svg.match(/fill="#2"/g)).toHaveLength(1);
    expect(svg).not.toContain('NaN');
    expect(projectionText([1.234, -0.0567])).toBe('layer 0: 1.2, layer 1: −0.057');
  });

  it('is kept as long as it is used', () => {
    const recent = new Recent<number>(2);
    recent.set('a', 1);
    recent.set('b', 2);
    recent.get('a');
    recent.set('c', 3);
    expect(['a', 'b', 'c'].map(key => recent.get(key))).toEqual([1, undefined, 3]);
  });
});

it('the latest job joins its like, cancels another, and goes on after a failure', async () => {
  const latest = new Latest<string>();
  const endless = vi.fn(
    (signal: AbortSignal) =>
      new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone')))),
  );
  const first = latest.run('a', endless);
  expect(latest.run('a', endless)).toBe(first);
  expect(endless).toHaveBeenCalledTimes(1);
  const second = latest.run('b', async () => 'b');
  await expect(first).rejects.toThrow('gone');
  expect(await second).toBe('b');
  await expect(latest.run('c', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await latest.run('c', async () => 'c')).toBe('c');
});

describe('the link to the page', () => {
  /** A webview whose page is the other port. */
  function pair() {
    const toHost: ((message: unknown) => void)[] = [];
    const toPage: ((message: Message) => void)[] = [];
    const later = (listeners: ((message: Message) => void)[], message: Message) =>
      queueMicrotask(() => listeners.forEach(listener => void listener(structuredClone(message))));
    const webview = {
      postMessage: (message: Message) => later(toPage, message),
      onDidReceiveMessage: (listener: (message: unknown) => void) => {
        toHost.push(listener);
        return { dispose: () => void toHost.splice(toHost.indexOf(listener), 1) };
      },
    };
    const page: Port = {
      post: message => later(toHost, message),
      onMessage: listener => void toPage.push(listener),
      onClose: () => {},
    };
    return { host: webviewPort(webview as never), page, toHost };
  }
  type Contract = Pick<LensHostContract, 'goTo' | 'open'>;

  it('rejects what throws, and what is pending when the view is closed', async () => {
    const { host, page, toHost } = pair();
    answer<Contract>(host, {
      goTo: () => {
        throw new Error('no such token');
      },
      open: () => new Promise(() => {}),
    });
    const asking = new Caller<Contract>(page);
    await expect(asking.call('goTo', { position: 1 })).rejects.toThrow('no such token');

    const calling = new Caller<Contract>(host);
    const pending = calling.call('open', null);
    host.end('The view was closed.');
    await expect(pending).rejects.toThrow('The view was closed.');
    await expect(calling.call('open', null)).rejects.toThrow('The view was closed.');
    expect(toHost).toEqual([]);
  });

  it('carries typed arrays and questions in both directions at once', async () => {
    const { host, page } = pair();
    answer<Contract>(host, { goTo: () => null, open: () => null });
    type Back = { show: { params: Float32Array; result: number; event: never } };
    answer<Back>(page, { show: values => values.reduce((a, b) => a + b, 0) });
    const [asking, calling] = [new Caller<Contract>(page), new Caller<Back>(host)];
    const both = [asking.call('open', null), calling.call('show', Float32Array.of(1, 2))];
    expect(await Promise.all(both)).toEqual([null, 3]);
  });
});

it('the page has a strict policy and no script or style of its own', () => {
  const html = lensHtml({ source: 'https://x', script: 'https://x/a.js', style: 'https://x/a.css' });
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/unsafe|<style|style=|<script(?![^>]*src)|\son\w+=/);
});
