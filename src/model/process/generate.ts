import type { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { type CallContext, throwIfCancelled } from '../../rpc/answerer';
import type { GeneratedRow, GenerateEvent, GenerateParams } from '../contract';
import { PLAIN_GRAPH } from '../graph/decoder';
import { Decoder, type RepeatedStep } from './decoder';
import { KvCache } from './kvCache';
import type { LoadedModel } from './loadedModel';
import { Sampler } from './sampler';
import { SteeringInputs } from './steering';
import { requireTokenIds } from './tokenIds';

// Tokens of one prefill call: bounds the time until a cancellation is seen and the memory of attention scores.
const PREFILL_TOKENS = 512;
const DEFAULT_BATCH = 32;
// Rows from which prepacked weights pay for their second copy of a large model.
const PREPACK_ROWS = 4;

interface Slot {
  row: number;
  /** Positions in the cache. */
  length: number;
  last: number;
  sampler: Sampler;
  tokenIds: number[];
}

/** Continues rows in shared batches: a row that ends makes room for the next prompt, and only rows that run are computed. */
export async function generate(
  model: LoadedModel,
  params: GenerateParams,
  context: CallContext<GenerateEvent>,
): Promise<GeneratedRow[]> {
  return new Generation(model, params, context).run();
}

class Generation {
  private readonly slots: Slot[] = [];
  private readonly results: GeneratedRow[];
  private readonly stop: Set<number>;
  private readonly rows: number;
  private readonly steering: SteeringInputs;
  private decoder!: Decoder;
  private next = 0;
  private step: RepeatedStep | undefined;

  constructor(
    private readonly model: LoadedModel,
    private readonly params: GenerateParams,
    private readonly context: CallContext<GenerateEvent>,
  ) {
    const { config } = model;
    this.results = new Array(params.rows.length);
    this.stop = new Set(params.stop);
    this.rows = Math.min(params.batch ?? DEFAULT_BATCH, params.rows.length);
    const interventions = params.rows.map(row => row.interventions);
    const layers = SteeringInputs.layersOf(interventions, config.layers, params.vectors, config.dModel);
    this.steering = new SteeringInputs(config.dModel, layers, params.vectors);
    for (const { ids } of params.rows) this.requireUsable(ids);
  }

  async run(): Promise<GeneratedRow[]> {
    const { model, params } = this;
    if (params.rows.length === 0 || params.maxTokens < 1) {
      return params.rows.map(() => ({ tokenIds: [], finishReason: 'length' }));
    }
    const { layers } = model.config;
    const longest = Math.max(...params.rows.map(row => row.ids.length));
    // Short jobs get all the room they can need; long ones start small and grow.
    const capacity = Math.min(
      longest + params.maxTokens,
      Math.max(longest + 64, 512),
      model.config.maxPositions,
    );
    const cache = new KvCache(model.config, layers, this.rows, capacity);
    const prepack = model.small || this.rows >= PREPACK_ROWS;
    const spec = { ...PLAIN_GRAPH, blocks: layers, steer: this.steering.layers, logits: true };
    this.decoder = await Decoder.create(model, spec, cache, prepack);
    // Filling one freed row at a time would cost a prefill call each.
    const worthFilling = Math.max(1, this.rows >> 3);
    while (this.next < params.rows.length || this.slots.length > 0) {
      throwIfCancelled(this.context.signal);
      const waiting = params.rows.length - this.next;
      const free = this.rows - this.slots.length;
      if (waiting > 0 && (free >= Math.min(worthFilling, waiting) || this.slots.length === 0))
        await this.prefill(free);
      else await this.decode();
    }
    return this.results;
  }

  /** Takes waiting prompts into free rows: several short ones padded together, or one long one in pieces. */
  private async prefill(free: number): Promise<void> {
    const { rows } = this.params;
    const firstRow = this.slots.length;
    const taken = [rows[this.next]];
    let longest = taken[0].ids.length;
    while (taken.length < free && this.next + taken.length < rows.length) {
      const more = Math.max(longest, rows[this.next + taken.length].ids.length);
      if (more * (taken.length + 1) > PREFILL_TOKENS || more > this.model.longestPiece) break;
      taken.push(rows[this.next + taken.length]);
      longest = more;
    }
    this.makeRoom(longest + 1);
    const inputs = this.steering.tensors(taken.map(row => row.interventions));
    let logits: Float32Array;
    if (taken.length === 1) logits = await this.prefillPieces(firstRow, taken[0].ids, inputs);
    else {
      const ids = new Int32Array(taken.length * longest);
      for (const [b, row] of taken.entries()) ids.set(row.ids, b * longest);
      const result = await this.decoder.run({
        firstRow,
        batch: taken.length,
        tokens: longest,
        ids,
        lengths: Int32Array.from(taken, row => row.ids.length - 1),
        rows: Int32Array.from(taken, (row, b) => b * longest + row.ids.length - 1),
        steering: inputs,
      });
      logits = result.logits.data as Float32Array;
    }
    const fresh = taken.map((row, b): Slot => {
      const sampler = new Sampler(this.params.sampling, row.seed);
      return { row: this.next + b, length: row.ids.length, last: -1, sampler, tokenIds: [] };
    });
    this.next += taken.length;
    this.slots.push(...fresh);
    this.step = undefined;
    this.draw(firstRow, logits);
  }

  private async prefillPieces(
    firstRow: number,
    ids: number[],
    steering: Record<string, Tensor>,
  ): Promise<Float32Array> {
    const longest = Math.min(PREFILL_TOKENS, this.model.longestPiece);
    for (let start = 0; ; start += longest) {
      throwIfCancelled(this.context.signal);
      const piece = ids.slice(start, start + longest);
      const end = start + piece.length;
      const last = end === ids.length;
      const result = await this.decoder.run({
        firstRow,
        batch: 1,
        tokens: piece.length,
        ids: Int32Array.from(piece),
        lengths: Int32Array.of(end - 1),
        rows: Int32Array.from(last ? [piece.length - 1] : []),
        steering,
      });
      if (last) return result.logits.data as Float32Array;
    }
  }

  private async decode(): Promise<void> {
    const { slots } = this;
    this.makeRoom(slots.reduce((most, slot) => Math.max(most, slot.length), 0) + 1);
    this.step ??= this.decoder.repeated(
      slots.length,
      this.steering.tensors(slots.map(slot => this.params.rows[slot.row].interventions)),
    );
    const { ids, lengths } = this.step;
    for (const [b, slot] of slots.entries()) {
      ids[b] = slot.last;
      lengths[b] = slot.length++;
    }
    this.draw(0, await this.step.run());
  }

  /** Draws a token for the slots from `first` on, whose logits these are, and lets ended rows go. */
  private draw(first: number, logits: Float32Array): void {
    const { vocabulary } = this.model.config;
    const drawn = this.slots.slice(first);
    for (const [b, slot] of drawn.entries()) {
      slot.last = slot.sampler.next(logits, b * vocabulary, vocabulary);
      if (slot.last < 0) this.model.explainNonFinite();
      slot.tokenIds.push(slot.last);
    }
    if (this.params.stream) {
      this.context.emit({
        kind: 'tokens',
        rows: drawn.map(slot => slot.row),
        ids: drawn.map(slot => slot.last),
      });
    }
    for (let b = this.slots.length - 1; b >= first; b--) this.retireIfEnded(b);
  }

  private retireIfEnded(index: number): void {
    const slot = this.slots[index];
    const stopped = this.stop.has(slot.last);
    // The token just drawn takes a position of its own in the next step.
    const full =
      slot.tokenIds.length >= this.params.maxTokens || slot.length >= this.model.config.maxPositions;
    if (!stopped && !full) return;
    const result: GeneratedRow = { tokenIds: slot.tokenIds, finishReason: stopped ? 'stop' : 'length' };
    this.results[slot.row] = result;
    this.context.emit({ kind: 'finished', row: slot.row, result });
    const last = this.slots.pop()!;
    if (last !== slot) {
      this.decoder.cache.moveRow(this.slots.length, index, last.length);
      this.slots[index] = last;
    }
    this.step = undefined;
  }

  private makeRoom(positions: number): void {
    const { cache } = this.decoder;
    if (positions <= cache.capacity) return;
    cache.grow(Math.min(Math.max(positions, cache.capacity * 2), this.model.config.maxPositions));
    this.step = undefined;
  }

  private requireUsable(ids: number[]): void {
    const { maxPositions, vocabulary } = this.model.config;
    if (ids.length === 0) throw new UserError('The prompt has no tokens; write at least one word.');
    if (ids.length > maxPositions) {
      throw new UserError(`The prompt has ${ids.length} tokens; the model takes ${maxPositions} at most.`);
    }
    requireTokenIds(ids, vocabulary);
  }
}
