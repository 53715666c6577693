import type { LensChoice, LensSnapshot } from '../../src/editor/lens/lensContract';
import { button, checkbox, dropdown } from '../controls';
import { element } from './elements';
import { statusText } from './words';

const CHOICES: { value: LensChoice; text: string }[] = [
  { value: 'reasoning', text: 'Reasoning model' },
  { value: 'base', text: 'Base model' },
  { value: 'both', text: 'Both models' },
];

/** What the toolbar's controls do. */
export interface ToolbarActions {
  choose(choice: LensChoice): void;
  pin(pinned: boolean): void;
  earlier(): void;
  later(): void;
  retry(): void;
}

/** Model, pin, paging and what is going on. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly title = element('h1', { class: 'title' });
  private readonly status = element('span', { role: 'status', class: 'status' });
  private readonly choice;
  private readonly pin;
  private readonly earlier;
  private readonly later;
  private readonly retry;

  constructor(actions: ToolbarActions) {
    this.choice = dropdown('Model', CHOICES, actions.choose);
    this.pin = checkbox('Pin', 'Stay at this token instead of following the cursor', actions.pin);
    this.earlier = button('◂ Earlier', actions.earlier, true);
    this.later = button('Later ▸', actions.later, true);
    this.retry = button('Try Again', actions.retry);
    this.element = element(
      'header',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Logit lens' },
      this.title,
      ...[this.choice, this.earlier, this.later, this.pin].map(control => control.element),
      this.status,
      this.retry.element,
    );
  }

  draw(snapshot: LensSnapshot): void {
    const { title, status, choice, pinned, earlier, later, tokens } = snapshot;
    this.element.hidden = status.kind === 'noRollout';
    const [first, last] = [tokens[0]?.position, tokens.at(-1)?.position];
    this.title.textContent = first === undefined ? title : `${title} · tokens ${first}–${last}`;
    this.choice.set(choice);
    this.pin.set(pinned);
    this.earlier.set({ disabled: !earlier });
    this.later.set({ disabled: !later });
    this.tell(statusText(status), status.kind === 'failed');
    this.retry.element.hidden = status.kind !== 'failed';
  }

  /** Says something in the line for it; a screen reader reads it once. */
  tell(text: string, problem = true): void {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle('problem', problem);
  }
}
