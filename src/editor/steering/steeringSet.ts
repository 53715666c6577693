import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { vectorFor } from '../../files/vectorFile';
import type { ModelIdentity } from '../../model/checkpoint/identity';
import { FileWatch } from './fileWatch';
import { placed } from './placed';
import { describeVectorFile, findVectorFiles, vectorName } from './vectorFiles';

const REMEMBERED = 'doubletake.steeringSet';

/** A vector that takes part in steering: the strength typed by the person is multiplied by its weight. */
export interface SteeringEntry {
  path: string;
  weight: number;
  enabled: boolean;
}

/** A vector of the set read for a model: float32 [d], and the layer it is added to. */
export interface SteeringVector {
  path: string;
  vector: Float32Array;
  layer: number;
  weight: number;
}

/** "backtracking (layer 1, weight 2)"; a weight of 1 goes without saying. */
export function describeVector({ path, layer, weight }: Omit<SteeringVector, 'vector'>): string {
  return `${vectorName(path)} (layer ${layer}${weight === 1 ? '' : `, weight ${weight}`})`;
}

/** The vectors that steering adds together, kept for the workspace. The first enabled one is the active vector of hovers and shading. */
export class SteeringSet implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Other entries, or one's file is another now. */
  readonly onDidChange = this.changed.event;
  private readonly files = new FileWatch(() => this.changed.fire());

  constructor(private readonly memory: vscode.Memento) {
    this.watch();
  }

  /** In order. */
  get entries(): readonly SteeringEntry[] {
    return this.memory.get<SteeringEntry[]>(REMEMBERED, []);
  }

  /** The first enabled entry, that of the active vector. */
  get active(): SteeringEntry | undefined {
    return this.entries.find(({ enabled }) => enabled);
  }

  /** Puts a vector at the end if it is not in the set. */
  async add(path: string): Promise<void> {
    if (!this.entries.some(entry => entry.path === path)) await this.place([path]);
  }

  /** Puts vectors before another one (by default at the end), or moves them there if they are in the set. */
  async place(paths: readonly string[], before?: string): Promise<void> {
    const make = (path: string): SteeringEntry => ({ path, weight: 1, enabled: true });
    await this.put(placed(this.entries, paths, before, make));
  }

  /** Makes a vector the active one. */
  async activate(path: string): Promise<void> {
    await this.place([path], this.entries[0]?.path);
    await this.change(path, { enabled: true });
  }

  /** Makes a vector the only one that takes part; the others stay in the set. */
  async steerOnlyWith(path: string): Promise<void> {
    await this.activate(path);
    await this.put(this.entries.map(entry => ({ ...entry, enabled: entry.path === path })));
  }

  /** Changes the weight of a vector, or whether it takes part. */
  async change(path: string, change: Partial<Pick<SteeringEntry, 'weight' | 'enabled'>>): Promise<void> {
    await this.put(this.entries.map(entry => (entry.path === path ? { ...entry, ...change } : entry)));
  }

  /** Takes vectors out of the set; their files stay. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.put(this.entries.filter(({ path }) => !paths.includes(path)));
  }

  /** The enabled vectors read for a model; throws a UserError that names a file that is gone or does not fit. */
  vectorsFor(model: ModelIdentity): SteeringVector[] {
    return this.entries
      .filter(({ enabled }) => enabled)
      .map(({ path, weight }) => ({ path, weight, ...vectorFor(path, model) }));
  }

  /** The first enabled vector that is there and fits the model. */
  activeFor(model: ModelIdentity): SteeringVector | undefined {
    for (const { path, weight, enabled } of this.entries) {
      if (!enabled) continue;
      try {
        return { path, weight, ...vectorFor(path, model) };
      } catch {
        // Named when a person steers with it; a hover or a shading goes on with the next one.
      }
    }
    return undefined;
  }

  /** Disables the entries whose files are gone or do not fit the model. */
  async leaveOutUnusable(model: ModelIdentity): Promise<void> {
    for (const { path, enabled } of this.entries) {
      if (!enabled) continue;
      try {
        vectorFor(path, model);
      } catch {
        await this.change(path, { enabled: false });
      }
    }
  }

  /** As `vectorsFor`; if none is enabled, asks for one of the workspace's vector files. Undefined if the person gives up. */
  async vectorsOrAsk(model: ModelIdentity): Promise<SteeringVector[] | undefined> {
    const enabled = this.vectorsFor(model);
    if (enabled.length > 0) return enabled;
    const path = await this.pick(model);
    if (path === undefined) return undefined;
    const vector = { path, weight: 1, ...vectorFor(path, model) };
    await this.activate(path);
    return [vector];
  }

  /** Asks for one of the workspace's vector files. */
  async pick(model: ModelIdentity): Promise<string | undefined> {
    const items = (await findVectorFiles()).map(file => ({ ...describeVectorFile(file), path: file.path }));
    if (items.length === 0) {
      throw new UserError(
        'There is no vector file in this workspace. Compute one first: Compute Vector from Rollouts.',
      );
    }
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: `Vector to add to the residual stream of ${model.name}`,
      matchOnDescription: true,
    });
    return picked?.path;
  }

  dispose(): void {
    this.files.dispose();
    this.changed.dispose();
  }

  private async put(entries: SteeringEntry[]): Promise<void> {
    await this.memory.update(REMEMBERED, entries);
    this.watch();
    this.changed.fire();
  }

  private watch(): void {
    this.files.watch(this.entries.map(({ path }) => path));
  }
}
