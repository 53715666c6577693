import { statSync } from 'node:fs';
import type * as vscode from 'vscode';
import { mapTokens } from '../../model/text/tokenMap';
import type { TextModel } from '../../model/textModel';
import type { CallOptions } from '../../rpc/caller';
import { SETTINGS } from '../ids';
import type { ModelPair, Which } from '../models/modelPair';
import { setting } from '../settings';
import type { SteeringSet, SteeringVector } from '../steering/steeringSet';
import { vectorName } from '../steering/vectorFiles';
import { lensColumns } from './lensColumns';
import type { LensColumn, LensGrid } from './lensContract';
import type { LensText } from './lensText';
import { Recent } from './recent';

/** Tokens read for each layer: at least these, so that the view has more to say than the hover. */
const TOP = 10;
/** Columns kept: about 10 MB for a model of 32 layers. */
const KEPT = 4096;

/** Positions of a text, [from, to). */
export interface Stretch {
  text: LensText;
  from: number;
  to: number;
}

/** One model's view of a stretch of tokens. */
export interface LensReading {
  which: Which;
  model: TextModel;
  /** One for each position. */
  columns: LensColumn[];
  /** The active vector, which the projections are on. */
  vector: LensGrid['vector'];
}

/** Reads logit lenses for hover and view alike: what was read once comes from here, the rest from the model's process. */
export class LensReader implements vscode.Disposable {
  private readonly kept = new Recent<LensColumn>(KEPT);
  /** A model that was closed and opened again is another one. */
  private readonly numbers = new WeakMap<TextModel, number>();
  private opened = 0;
  private vectors = new WeakMap<TextModel, { active: SteeringVector | undefined; stamp: string }>();
  private changes = 0;
  private readonly maps = new WeakMap<TextModel, { from: TextModel; ids: Int32Array }>();
  private readonly listener: vscode.Disposable;

  constructor(
    private readonly pair: ModelPair,
    private readonly set: SteeringSet,
  ) {
    this.listener = set.onDidChange(() => {
      this.changes++;
      this.vectors = new WeakMap();
    });
  }

  /** The stretch if all of it was read before. Opens the model if it is not. */
  async known(which: Which, { text, from, to }: Stretch): Promise<LensReading | undefined> {
    const model = await this.pair.use(which);
    const key = this.keyOf(model, text);
    const columns: LensColumn[] = [];
    for (let position = from; position < to; position++) {
      const column = this.kept.get(key + position);
      if (!column) return undefined;
      columns.push(column);
    }
    return { which, model, columns, vector: described(this.activeVector(model)) };
  }

  /** The stretch, read where it was not before. Opens the model if it is not. Throws the model's UserErrors. */
  async read(
    which: Which,
    { text, from, to }: Stretch,
    options: CallOptions<{ done: number; total: number }>,
  ): Promise<LensReading> {
    const model = await this.pair.use(which);
    const key = this.keyOf(model, text);
    const { topK } = this;
    const active = this.activeVector(model);
    const columns = Array.from({ length: to - from }, (_, i) => this.kept.get(key + (from + i)));
    const first = columns.indexOf(undefined);
    if (first >= 0) {
      const end = columns.lastIndexOf(undefined) + 1;
      const ids = await this.idsFor(which, model, text.tokens.firstIds(from + end));
      const direction = active?.vector;
      const params = { ids, from: from + first, to: from + end, topK, direction };
      const grid = await (await model.pool()).call('lensGrid', params, options);
      for (const column of lensColumns(grid, from + first)) {
        columns[column.position - from] = column;
        this.kept.set(key + column.position, column);
      }
    }
    return { which, model, columns: columns as LensColumn[], vector: described(active) };
  }

  /** Positions that the reasoning model has, whose tokens are counted. Opens it if it is not. */
  async positions(): Promise<number> {
    return (await this.pair.use('reasoning')).maxPositions;
  }

  dispose(): void {
    this.listener.dispose();
    this.kept.clear();
  }

  private get topK(): number {
    return Math.max(TOP, setting<number>(SETTINGS.lensTopTokens) ?? 0);
  }

  private keyOf(model: TextModel, text: LensText): string {
    let number = this.numbers.get(model);
    if (number === undefined) this.numbers.set(model, (number = ++this.opened));
    this.activeVector(model);
    return `${number} ${this.changes} ${this.topK} ${text.key} `;
  }

  /** The vector's file is read once for each model and change of the set or of the file, which is what `changes` counts. */
  private activeVector(model: TextModel): SteeringVector | undefined {
    const read = this.vectors.get(model);
    if (read && read.stamp === stampOf(read.active?.path)) return read.active;
    if (read) this.changes++;
    const active = this.set.activeFor(model.identity);
    this.vectors.set(model, { active, stamp: stampOf(active?.path) });
    return active;
  }

  /** The text's ids, which are the reasoning model's, as the model takes them. */
  private async idsFor(which: Which, model: TextModel, ids: Int32Array): Promise<Int32Array> {
    if (which === 'reasoning') return ids;
    const from = await this.pair.use('reasoning');
    let map = this.maps.get(model);
    if (map?.from !== from) {
      map = { from, ids: mapTokens(from.tokenizer, model.tokenizer) };
      this.maps.set(model, map);
    }
    const { ids: mapped } = map;
    return ids.map(id => mapped[id]);
  }
}

function described(active: SteeringVector | undefined): LensGrid['vector'] {
  return active ? { name: vectorName(active.path), layer: active.layer } : null;
}

/** What tells a file from an earlier one at its path; a watcher may tell of it late. */
function stampOf(path: string | undefined): string {
  if (path === undefined) return '';
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return '';
  }
}
