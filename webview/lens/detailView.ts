import type { LensCell, LensGrid, LensSnapshot } from '../../src/editor/lens/lensContract';
import { element } from './elements';
import { bits, guess, percent, short } from './words';

/** The selected cell in numbers: its likeliest tokens, the token's surprisal, and its projection by layer. */
export class DetailView {
  readonly element = element('section', { class: 'detail', 'aria-label': 'Selected cell', tabindex: 0 });

  draw({ tokens, grids }: LensSnapshot, { layer, position }: LensCell): void {
    const column = tokens.findIndex(token => token.position === position);
    this.element.replaceChildren();
    if (column < 0 || grids.length === 0) return;
    const { text, id } = tokens[column];
    const surprisals = grids.map(
      grid => `${grids.length > 1 ? `${grid.which} ` : ''}${bits(grid.columns[column].surprisal)}`,
    );
    this.element.append(
      element('h2', { class: 'name' }, element('span', { class: 'quoted' }, text), ` position ${position}`),
      element('p', { class: 'quiet numbers' }, `id ${id} · surprisal ${surprisals.join(' · ')}`),
      element(
        'div',
        { class: 'models' },
        ...grids.map(grid => this.guesses(grid, layer, column, tokens[column + 1]?.id)),
      ),
      element('div', { class: 'models' }, ...grids.flatMap(grid => this.projections(grid, layer, column))),
    );
  }

  private guesses(grid: LensGrid, layer: number, column: number, nextId: number | undefined): HTMLElement {
    const { topK } = grid.columns[column];
    const rows = Array.from({ length: topK }, (_, rank) => {
      const found = guess(grid, layer, column, rank);
      if (!found) return '';
      const right = grid.which === 'reasoning' && found.id === nextId;
      return element(
        'tr',
        {},
        element(
          'th',
          { scope: 'row', class: right ? 'what right' : 'what plain' },
          found.text,
          ...(right ? [element('span', { class: 'quiet' }, ' ← next in the text')] : []),
        ),
        element('td', { class: 'number' }, percent(found.probability)),
        element('td', { class: 'bars' }, bar(found.probability, 'share')),
      );
    });
    return element(
      'table',
      { class: 'values' },
      element('caption', { class: 'caption' }, `Next token at layer ${layer}, ${grid.name}`),
      element('tbody', {}, ...rows),
    );
  }

  private projections(grid: LensGrid, layer: number, column: number): HTMLElement[] {
    const { projections } = grid.columns[column];
    const { vector } = grid;
    if (!projections || !vector) return [];
    const most = Math.max(...projections.map(Math.abs), Number.MIN_VALUE);
    const rows = Array.from(projections, (value, at) =>
      element(
        'tr',
        { class: at === layer ? 'current' : undefined },
        element('th', { scope: 'row', class: 'number' }, at === vector.layer ? `▸ ${at}` : String(at)),
        element('td', { class: 'number' }, short(value)),
        element(
          'td',
          { class: 'bars' },
          element(
            'span',
            { class: 'axis' },
            bar(Math.abs(value) / most, value < 0 ? 'negative' : 'positive'),
          ),
        ),
      ),
    ).reverse();
    const caption = `Projection on ${vector.name} (▸ its layer ${vector.layer}) by layer, ${grid.name}`;
    return [
      element(
        'table',
        { class: 'values' },
        element('caption', { class: 'caption' }, caption),
        element('tbody', {}, ...rows),
      ),
    ];
  }
}

/** A bar over a share of the room; its length is set from here, as no style may stand in the page. */
function bar(share: number, kind: 'share' | 'positive' | 'negative'): HTMLElement {
  const made = element('span', { class: `bar ${kind}` });
  made.style.width = `${(100 * share).toFixed(1)}%`;
  return made;
}
