import type { LensCell, LensSnapshot, LensToken } from '../../src/editor/lens/lensContract';
import { element } from './elements';
import { bits, cellLabel, guess, percent, shade } from './words';

/** What a person can do in the grid. */
export interface GridActions {
  select(cell: LensCell): void;
  goTo(position: number): void;
  /** The selection leaves the stretch. */
  turn(position: number): void;
}

/** Layers × positions, the last layer on top: an ARIA grid in which one cell has the focus and arrow keys move it. */
export class GridView {
  readonly element = element('div', { class: 'scroll' });
  private snapshot: LensSnapshot | undefined;
  private drawn = -1;
  private layers = 0;
  private readonly cells = new Map<string, HTMLElement>();
  private selected: LensCell = { layer: 0, position: 0 };

  constructor(private readonly actions: GridActions) {
    this.element.addEventListener('keydown', event => this.key(event));
    this.element.addEventListener('click', ({ target }) => this.click(target as Element));
  }

  draw(snapshot: LensSnapshot, selected: LensCell): void {
    this.snapshot = snapshot;
    if (this.drawn !== snapshot.stretch) this.build(snapshot);
    this.select(selected, false);
  }

  /** Marks a cell; with `focus`, or if the grid had it, that cell gets the focus. */
  select(cell: LensCell, focus: boolean): void {
    const had = focus || this.element.contains(document.activeElement);
    const before = this.cellAt(this.selected);
    before?.setAttribute('aria-selected', 'false');
    before?.setAttribute('tabindex', '-1');
    this.selected = cell;
    const now = this.cellAt(cell);
    now?.setAttribute('aria-selected', 'true');
    now?.setAttribute('tabindex', '0');
    for (const header of this.element.querySelectorAll('.here')) header.classList.remove('here');
    const { layer, position } = cell;
    for (const place of [`[data-row="${layer}"]`, `[data-column="${position}"]`])
      this.element.querySelector(`th${place}`)?.classList.add('here');
    if (had) now?.focus({ preventScroll: true });
    now?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  private cellAt({ layer, position }: LensCell): HTMLElement | undefined {
    return this.cells.get(`${layer} ${position}`);
  }

  private build(snapshot: LensSnapshot): void {
    const { tokens, grids, stretch } = snapshot;
    const had = this.element.contains(document.activeElement);
    this.drawn = stretch;
    this.cells.clear();
    this.layers = Math.max(0, ...grids.map(grid => grid.layers));
    this.element.replaceChildren();
    if (grids.length === 0) return;
    const rows = Array.from({ length: this.layers }, (_, i) => this.row(this.layers - 1 - i, i + 2));
    const table = element(
      'table',
      {
        role: 'grid',
        'aria-label': 'Likeliest next token by layer and position',
        'aria-rowcount': this.layers + 1,
        'aria-colcount': tokens.length + 1,
        class: 'grid',
      },
      element('thead', {}, this.head(tokens)),
      element('tbody', {}, ...rows),
    );
    this.element.append(table);
    if (had) this.element.querySelector<HTMLElement>('td')?.focus({ preventScroll: true });
  }

  private head(tokens: LensToken[]): HTMLElement {
    const [{ columns }] = this.snapshot!.grids;
    const headers = tokens.map(({ text, position, inFile }, i) => {
      const { surprisal } = columns[i];
      const template = inFile ? '' : ', written by the chat template';
      const go = inFile ? '. Click to go to it' : '';
      return element(
        'th',
        {
          role: 'columnheader',
          scope: 'col',
          'data-column': position,
          'aria-colindex': i + 2,
          class: inFile ? 'head token' : 'head token template',
          title: `${text} · position ${position} · surprisal ${bits(surprisal)}${template}${go}`,
        },
        element('span', { class: 'text' }, text),
        element('span', { class: 'place' }, String(position)),
        element('span', { class: 'place' }, surprisal === null ? '–' : surprisal.toFixed(1)),
      );
    });
    const corner = element(
      'th',
      {
        role: 'columnheader',
        scope: 'col',
        class: 'head corner',
        title: 'Layer; position; surprisal in bits',
      },
      element('span', { class: 'text' }, 'layer'),
      element('span', { class: 'place' }, 'position'),
      element('span', { class: 'place' }, 'surprisal'),
    );
    return element('tr', { role: 'row', 'aria-rowindex': 1 }, corner, ...headers);
  }

  private row(layer: number, index: number): HTMLElement {
    const { tokens, grids } = this.snapshot!;
    const marks = grids.map(({ which }) =>
      element('span', { class: 'which', title: `${which} model` }, which[0]),
    );
    const header = element(
      'th',
      { role: 'rowheader', scope: 'row', class: 'head layer', 'data-row': layer },
      element('span', { class: 'number' }, String(layer)),
      ...(grids.length > 1 ? [element('span', { class: 'whose' }, ...marks)] : []),
    );
    const cells = tokens.map((_, column) => this.cell(layer, column));
    return element('tr', { role: 'row', 'aria-rowindex': index }, header, ...cells);
  }

  private cell(layer: number, column: number): HTMLElement {
    const { tokens, grids } = this.snapshot!;
    const nextId = tokens[column + 1]?.id;
    const guesses = grids.map(grid => {
      const found = guess(grid, layer, column);
      if (!found) return element('span', { class: 'guess' }, '');
      const { id, text, probability } = found;
      const right = grid.which === 'reasoning' && id === nextId;
      const bar = element('span', { class: 'bar strip' });
      bar.style.width = percent(probability).replace(/[< ]/g, '');
      return element(
        'span',
        { class: `guess p${shade(probability)}${right ? ' right' : ''}` },
        element('span', { class: 'text' }, text),
        bar,
      );
    });
    const label = cellLabel(grids, layer, column, nextId);
    const { position } = tokens[column];
    const cell = element(
      'td',
      {
        role: 'gridcell',
        class: 'cell',
        tabindex: -1,
        'aria-selected': false,
        'aria-colindex': column + 2,
        'aria-label': label,
        'data-layer': layer,
        'data-position': position,
        title: label,
      },
      ...guesses,
    );
    this.cells.set(`${layer} ${position}`, cell);
    return cell;
  }

  private click(target: Element): void {
    const header = target.closest<HTMLElement>('th[data-column]');
    const cell = target.closest<HTMLElement>('td');
    if (header) this.actions.goTo(Number(header.dataset.column));
    else if (cell) this.move({ layer: Number(cell.dataset.layer), position: Number(cell.dataset.position) });
  }

  private key(event: KeyboardEvent): void {
    const { tokens } = this.snapshot ?? { tokens: [] };
    if (tokens.length === 0 || event.altKey || event.metaKey) return;
    const { layer, position } = this.selected;
    const [first, last] = [tokens[0].position, tokens[tokens.length - 1].position];
    const rim = event.ctrlKey;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.move({ layer, position: position - 1 }),
      ArrowRight: () => this.move({ layer, position: position + 1 }),
      ArrowUp: () => this.move({ layer: layer + 1, position }),
      ArrowDown: () => this.move({ layer: layer - 1, position }),
      Home: () => this.move({ layer: rim ? this.layers - 1 : layer, position: first }),
      End: () => this.move({ layer: rim ? 0 : layer, position: last }),
      PageUp: () => this.actions.turn(position - tokens.length),
      PageDown: () => this.actions.turn(position + tokens.length),
      Enter: () => this.actions.goTo(position),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  private move(cell: LensCell): void {
    if (this.cellAt(cell)) {
      this.select(cell, true);
      this.actions.select(cell);
    } else if (cell.layer >= 0 && cell.layer < this.layers) this.actions.turn(cell.position);
  }
}
