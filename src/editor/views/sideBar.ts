import type * as vscode from 'vscode';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import type { SteeringSet } from '../steering/steeringSet';
import { pickFilter } from './filterPicker';
import { openSamples, showPromised } from './openSamples';
import { RolloutIndex } from './rolloutIndex';
import { RolloutsView } from './rolloutsView';
import { filterOfArgument, SHOW_ALL } from './rows/rolloutFilter';
import type { RolloutRow } from './rows/rolloutRow';
import { steeringSetCommands } from './steeringSetCommands';
import { SteeringView } from './steeringView';
import { VectorsView } from './vectorsView';

/** The trees of rollouts, vectors and the steering set, with their commands. */
export class SideBar implements vscode.Disposable {
  readonly commands: Commands;
  private readonly index: RolloutIndex;
  private readonly rollouts: RolloutsView;
  private readonly disposables: vscode.Disposable[];

  constructor(context: vscode.ExtensionContext, documents: RolloutDocuments, set: SteeringSet) {
    const index = new RolloutIndex(documents);
    const rollouts = new RolloutsView(index);
    this.index = index;
    this.rollouts = rollouts;
    this.disposables = [rollouts, index, new VectorsView(set), new SteeringView(set), showPromised(context)];
    this.commands = {
      [COMMANDS.filterRollouts]: (argument?: unknown) => {
        const filter = filterOfArgument(argument);
        return filter ? rollouts.setFilter(filter) : pickFilter(rollouts, index);
      },
      [COMMANDS.clearRolloutFilter]: () => rollouts.setFilter(SHOW_ALL),
      [COMMANDS.refreshRollouts]: () => index.refresh(),
      [COMMANDS.openSamples]: (options?: unknown) =>
        openSamples(context, (options as { target?: vscode.Uri } | undefined)?.target),
      ...steeringSetCommands(set),
    };
  }

  /** The rollouts that the tree shows, once all that it asked for is read. */
  async shown(): Promise<readonly RolloutRow[]> {
    await this.index.listed();
    if (this.rollouts.filter.labels.length > 0) this.index.wantLabels(this.index.rows);
    await this.index.settled();
    return this.rollouts.shown();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}
