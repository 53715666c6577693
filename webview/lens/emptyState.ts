import type { LensStatus } from '../../src/editor/lens/lensContract';
import { button } from '../controls';
import { element } from './elements';

const WHAT_IT_IS =
  'The logit lens shows what the model would write next if it stopped after each layer: the residual stream of a token, taken through the final norm and the unembedding.';

/** What is shown instead of a grid: why there is none, and what to do. */
export class EmptyState {
  readonly element = element('section', { class: 'empty', 'aria-label': 'What to do' });
  private shown = '';

  constructor(private readonly open: () => void) {}

  /** True if there is something to say in place of the grid. */
  draw(status: LensStatus): boolean {
    const speaks = status.kind === 'noRollout' || status.kind === 'closed' || status.kind === 'opening';
    this.element.hidden = !speaks;
    const key = JSON.stringify(status);
    if (!speaks || key === this.shown) return speaks;
    this.shown = key;
    this.element.replaceChildren(...this.content(status));
    return true;
  }

  private content(status: LensStatus): Node[] {
    const text = (words: string) => element('p', {}, words);
    if (status.kind === 'noRollout')
      return [text('Open a rollout (*.rollout.txt) and put the cursor on a token.'), text(WHAT_IT_IS)];
    if (status.kind === 'opening') return [text('The model is being opened …')];
    if (status.kind !== 'closed') return [];
    const { which, folder, problem } = status;
    return [
      ...(problem ? [element('p', { class: 'problem', role: 'alert' }, problem)] : []),
      text(`The ${which} model does not run. Nothing is loaded before you ask for it.`),
      button(`Open the ${which === 'base' ? 'Base' : 'Reasoning'} Model`, this.open).element,
      element('p', { class: 'quiet' }, folder),
      text(WHAT_IT_IS),
    ];
  }
}
