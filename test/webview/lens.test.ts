import { parseHTML } from 'linkedom';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LensGrid, LensSnapshot, LensStatus } from '../../src/editor/lens/lensContract';
import { DetailView } from '../../webview/lens/detailView';
import { GridView } from '../../webview/lens/gridView';
import { bits, percent, shade, short, statusText } from '../../webview/lens/words';

const LAYERS = 3;
const TOKENS = ['<think>', '␣Wait', '</script><b>', 'مرحبا'];

/** Layer l, position 10 + t: token 10·l + t with probability 0.5, then token 99 with 0.001. */
function gridOf(which: LensGrid['which'], vector = true): LensGrid {
  const columns = TOKENS.map((_, t) => ({
    position: 10 + t,
    topK: 2,
    ids: Int32Array.from({ length: 2 * LAYERS }, (_, i) => (i % 2 ? 99 : 10 * (i >> 1) + t)),
    probabilities: Float32Array.from({ length: 2 * LAYERS }, (_, i) => (i % 2 ? 0.001 : 0.5)),
    surprisal: t === 0 ? null : t,
    projections: vector ? Float32Array.of(1, -2, 0.5) : null,
  }));
  const texts = Object.fromEntries(
    columns.flatMap(({ ids }) => [...ids].map(id => [id, `<i>${which}${id}`])),
  );
  return {
    ...{ which, name: which, layers: LAYERS, columns, texts },
    vector: vector ? { name: 'backtracking', layer: 1 } : null,
  };
}

const snapshot = (grids: LensGrid[], more: Partial<LensSnapshot> = {}): LensSnapshot => ({
  status: { kind: 'ready' },
  title: 'a.rollout.txt',
  ...{ pinned: false, choice: 'reasoning', earlier: true, later: true, stretch: 1, moves: 1 },
  tokens: TOKENS.map((text, t) => ({ position: 10 + t, id: t === 2 ? 21 : t, text, inFile: t > 0 })),
  grids,
  selected: { layer: 2, position: 11 },
  ...more,
});

let document: Document;
beforeEach(() => {
  const window = parseHTML('<!DOCTYPE html><html><body></body></html>');
  document = window.document as unknown as Document;
  vi.stubGlobal('document', document);
  (window.HTMLElement.prototype as unknown as { scrollIntoView(): void }).scrollIntoView = () => {};
});

describe('the grid', () => {
  const actions = { select: vi.fn(), goTo: vi.fn(), turn: vi.fn() };
  let view: GridView;
  const draw = (grids: LensGrid[]) => {
    for (const action of Object.values(actions)) action.mockClear();
    view = new GridView(actions);
    document.body.append(view.element);
    const drawn = snapshot(grids);
    view.draw(drawn, drawn.selected);
  };
  const press = (key: string, ctrlKey = false) => {
    const event = Object.assign(new (document.defaultView as Window & typeof globalThis).Event('keydown'), {
      key,
      ctrlKey,
    });
    view.element.dispatchEvent(event);
  };
  const cells = () => [...view.element.querySelectorAll('td')];
  const selected = () => cells().filter(cell => cell.getAttribute('aria-selected') === 'true');

  it('has the roles, names and one tab stop of an ARIA grid, the last layer on top', () => {
    draw([gridOf('reasoning')]);
    const table = view.element.querySelector('table')!;
    expect(table.getAttribute('role')).toBe('grid');
    expect([table.getAttribute('aria-rowcount'), table.getAttribute('aria-colcount')]).toEqual(['4', '5']);
    expect(view.element.querySelectorAll('[role=row]')).toHaveLength(4);
    const headers = [...view.element.querySelectorAll('[role=rowheader]')].map(
      ({ textContent }) => textContent,
    );
    expect(headers).toEqual(['2', '1', '0']);
    expect(cells().filter(cell => cell.getAttribute('tabindex') === '0')).toEqual(selected());
    expect(selected()[0].getAttribute('aria-label')).toBe(
      'layer 2, position 11: <i>reasoning21 50 %, as in the text',
    );
  });

  it('reads nothing of a rollout as HTML', () => {
    draw([gridOf('reasoning'), gridOf('base')]);
    expect(view.element.querySelectorAll('i, b, script')).toHaveLength(0);
    expect(view.element.textContent).toContain('</script><b>');
    expect(cells()[0].textContent).toBe('<i>reasoning20<i>base20');
  });

  it.each([
    ['ArrowDown', false, { layer: 1, position: 11 }],
    ['ArrowLeft', false, { layer: 2, position: 10 }],
    ['ArrowRight', false, { layer: 2, position: 12 }],
    ['Home', false, { layer: 2, position: 10 }],
    ['End', false, { layer: 2, position: 13 }],
    ['End', true, { layer: 0, position: 13 }],
  ])('%s (Ctrl %s) selects %j', (key, ctrl, cell) => {
    draw([gridOf('reasoning')]);
    press(key, ctrl);
    expect(actions.select.mock.calls).toEqual([[cell]]);
    expect(selected().map(({ dataset }) => [Number(dataset.layer), Number(dataset.position)])).toEqual([
      [cell.layer, cell.position],
    ]);
  });

  it('stays at the rims of layers, turns beyond those of positions, and goes to tokens', () => {
    draw([gridOf('reasoning')]);
    press('ArrowUp');
    expect(actions.select).not.toHaveBeenCalled();
    expect(actions.turn).not.toHaveBeenCalled();
    press('Home');
    press('ArrowLeft');
    press('PageDown');
    expect(actions.turn.mock.calls).toEqual([[9], [14]]);
    press('Enter');
    expect(actions.goTo.mock.calls).toEqual([[10]]);
    press('x');
    expect(actions.select).toHaveBeenCalledTimes(1);
  });

  it('is built anew for another stretch only', () => {
    draw([gridOf('reasoning')]);
    const [first] = cells();
    view.draw(snapshot([gridOf('reasoning')], { moves: 2 }), { layer: 0, position: 12 });
    expect(cells()[0]).toBe(first);
    expect(selected()).toHaveLength(1);
    view.draw(snapshot([gridOf('base')], { stretch: 2 }), { layer: 0, position: 12 });
    expect(cells()[0]).not.toBe(first);
    view.draw(snapshot([], { stretch: 3, tokens: [] }), { layer: 0, position: 0 });
    expect(cells()).toEqual([]);
    expect(() => press('ArrowLeft')).not.toThrow();
  });
});

describe('the details', () => {
  const shown = (grids: LensGrid[]) => {
    const view = new DetailView();
    view.draw(snapshot(grids), { layer: 2, position: 11 });
    return view.element;
  };

  it('tell tokens, surprisal and projections of each model', () => {
    const element = shown([gridOf('reasoning'), gridOf('base')]);
    expect(element.querySelectorAll('i')).toHaveLength(0);
    const captions = [...element.querySelectorAll('caption')].map(({ textContent }) => textContent);
    expect(captions).toEqual([
      'Next token at layer 2, reasoning',
      'Next token at layer 2, base',
      'Projection on backtracking (▸ its layer 1) by layer, reasoning',
      'Projection on backtracking (▸ its layer 1) by layer, base',
    ]);
    const rows = [...element.querySelectorAll('tr')].map(row =>
      [...row.children].map(({ textContent }) => textContent).filter(text => text !== ''),
    );
    expect(rows.slice(0, 2)).toEqual([
      ['<i>reasoning21 ← next in the text', '50 %'],
      ['<i>reasoning99', '<1 %'],
    ]);
    expect(rows.slice(4, 7)).toEqual([
      ['2', '0.5'],
      ['▸ 1', '−2'],
      ['0', '1'],
    ]);
    expect(element.textContent).toContain('surprisal reasoning 1.0 bits · base 1.0 bits');
  });

  it('show no projections without a vector', () =>
    expect(shown([gridOf('reasoning', false)]).querySelectorAll('table')).toHaveLength(1));
});

it.each<[string, string]>([
  [percent(0), '0 %'],
  [percent(0.004), '<1 %'],
  [percent(0.996), '100 %'],
  [String(shade(0)), '0'],
  [String(shade(0.99)), '9'],
  [String(shade(1)), '9'],
  [bits(null), '–'],
  [bits(1.25), '1.3 bits'],
  [short(-0.123456), '−0.123'],
  [short(-12345.6), '−12346'],
])('%j is %j', (got, expected) => expect(got).toBe(expected));

it.each<[LensStatus, string]>([
  [{ kind: 'ready' }, ''],
  [{ kind: 'reading', done: 0, total: 0 }, 'Reading …'],
  [{ kind: 'reading', done: 3, total: 9 }, 'Reading: 3 of 9 tokens …'],
  [{ kind: 'failed', problem: 'Token 600 lies beyond.' }, 'Token 600 lies beyond.'],
])('%j is told as %j', (status, text) => expect(statusText(status)).toBe(text));
