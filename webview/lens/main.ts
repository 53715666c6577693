import type {
  LensCell,
  LensHostContract,
  LensPageContract,
  LensSnapshot,
} from '../../src/editor/lens/lensContract';
import { answer } from '../../src/rpc/answerer';
import { Caller } from '../../src/rpc/caller';
import { registerControls } from '../controls';
import { DetailView } from './detailView';
import { element } from './elements';
import { EmptyState } from './emptyState';
import { GridView } from './gridView';
import { pagePort } from './pagePort';
import { Toolbar } from './toolbar';

/** The page of the Logit Lens view: it draws the host's snapshots, and tells the host what the person does. */
class LensPage {
  private snapshot: LensSnapshot | undefined;
  private selected: LensCell = { layer: 0, position: 0 };
  private readonly port = pagePort();
  private readonly host = new Caller<LensHostContract>(this.port);
  private readonly toolbar: Toolbar;
  private readonly empty = new EmptyState(() => this.ask('open', null));
  private readonly grid: GridView;
  private readonly detail = new DetailView();
  private readonly panes: HTMLElement;

  constructor() {
    const turn = (position: number) => this.ask('turn', { position });
    this.toolbar = new Toolbar({
      choose: choice => this.ask('choose', { choice }),
      pin: pinned => this.ask('pin', { pinned }),
      earlier: () => turn(this.selected.position - (this.snapshot?.tokens.length ?? 0)),
      later: () => turn(this.selected.position + (this.snapshot?.tokens.length ?? 0)),
      retry: () => this.ask('open', null),
    });
    this.grid = new GridView({
      turn,
      goTo: position => this.ask('goTo', { position }),
      select: cell => {
        this.selected = cell;
        if (this.snapshot) this.detail.draw(this.snapshot, cell);
        this.ask('select', cell);
      },
    });
    this.panes = element('main', { class: 'panes' }, this.grid.element, this.detail.element);
  }

  async start(): Promise<void> {
    document.body.append(this.toolbar.element, this.empty.element, this.panes);
    answer<LensPageContract>(this.port, {
      show: snapshot => {
        this.draw(snapshot);
        return null;
      },
    });
    this.draw(await this.host.call('ready', null));
    // A view that is focused as a whole hands the focus to its cell.
    window.addEventListener('focus', () => {
      if (document.activeElement === document.body) this.grid.select(this.selected, true);
    });
    if (document.hasFocus()) this.grid.select(this.selected, true);
  }

  /** Tells the host what the person does; what comes of it arrives as a snapshot, a failure as a line. */
  private ask<M extends keyof LensHostContract>(method: M, params: LensHostContract[M]['params']): void {
    this.host.call(method, params).catch((error: Error) => this.toolbar.tell(error.message));
  }

  private draw(snapshot: LensSnapshot): void {
    if (this.snapshot?.moves !== snapshot.moves) this.selected = snapshot.selected;
    this.snapshot = snapshot;
    this.toolbar.draw(snapshot);
    const empty = this.empty.draw(snapshot.status);
    this.panes.hidden = empty;
    this.panes.setAttribute('aria-busy', String(snapshot.status.kind === 'reading'));
    if (empty) return;
    this.grid.draw(snapshot, this.selected);
    this.detail.draw(snapshot, this.selected);
  }
}

registerControls();
void new LensPage().start();
