import { Tensor } from 'onnxruntime-node';
import type { ModelConfig } from '../checkpoint/config';
import { cacheHeadDim } from '../graph/blocks';

/**
 * Keys and values of a batch: for each block one float32 buffer [rows, kvHeads, capacity, headDim] each. A run is given
 * the same tensors as past and as present, so the cache grows in place. Rows lie one after the other, so a span of rows
 * is a view of the same memory: a new prompt is prefilled into its own row while the others wait.
 */
export class KvCache {
  private keys: Float32Array[];
  private values: Float32Array[];
  private readonly views = new Map<string, Record<string, Tensor>>();
  private readonly headDim: number;

  constructor(
    private readonly config: ModelConfig,
    /** Blocks cached, from the first. */
    readonly blocks: number,
    /** Rows at most. */
    readonly rows: number,
    /** Positions at most. */
    public capacity: number,
  ) {
    this.headDim = cacheHeadDim(config);
    this.keys = this.allocate(capacity);
    this.values = this.allocate(capacity);
  }

  /** Floats of one row of one buffer. */
  private rowSize(capacity = this.capacity): number {
    return this.config.kvHeads * capacity * this.headDim;
  }

  private allocate(capacity: number): Float32Array[] {
    const size = this.rows * this.rowSize(capacity);
    return Array.from({ length: this.blocks }, () => new Float32Array(size));
  }

  /** The tensors of rows [first, first + count) by their input names, `past.L.key|value`. */
  past(first: number, count: number): Record<string, Tensor> {
    return this.view('past', first, count);
  }

  /** The same memory by output names, `present.L.key|value`. */
  present(first: number, count: number): Record<string, Tensor> {
    return this.view('present', first, count);
  }

  private view(side: 'past' | 'present', first: number, count: number): Record<string, Tensor> {
    const id = `${side} ${first} ${count}`;
    let tensors = this.views.get(id);
    if (!tensors) {
      const dims = [count, this.config.kvHeads, this.capacity, this.headDim];
      const size = this.rowSize();
      const slice = (buffer: Float32Array) =>
        new Tensor('float32', buffer.subarray(first * size, (first + count) * size), dims);
      tensors = {};
      for (let block = 0; block < this.blocks; block++) {
        tensors[`${side}.${block}.key`] = slice(this.keys[block]);
        tensors[`${side}.${block}.value`] = slice(this.values[block]);
      }
      this.views.set(id, tensors);
    }
    return tensors;
  }

  /** Copies the first `length` positions of row `from` to row `to`. */
  moveRow(from: number, to: number, length: number): void {
    if (from === to) return;
    for (const buffers of [this.keys, this.values]) {
      for (const buffer of buffers)
        this.copyRow(buffer, from, this.capacity, buffer, to, this.capacity, length);
    }
  }

  /** Makes room for `capacity` positions, keeping what is there. */
  grow(capacity: number): void {
    if (capacity <= this.capacity) return;
    const enlarge = (buffers: Float32Array[]) =>
      buffers.map(old => {
        const buffer = new Float32Array(this.rows * this.rowSize(capacity));
        for (let row = 0; row < this.rows; row++) {
          this.copyRow(old, row, this.capacity, buffer, row, capacity, this.capacity);
        }
        return buffer;
      });
    this.keys = enlarge(this.keys);
    this.values = enlarge(this.values);
    this.capacity = capacity;
    this.views.clear();
  }

  private copyRow(
    source: Float32Array,
    from: number,
    sourceCapacity: number,
    target: Float32Array,
    to: number,
    targetCapacity: number,
    length: number,
  ): void {
    const { headDim } = this;
    const { kvHeads } = this.config;
    for (let head = 0; head < kvHeads; head++) {
      const start = (from * kvHeads + head) * sourceCapacity * headDim;
      target.set(
        source.subarray(start, start + length * headDim),
        (to * kvHeads + head) * targetCapacity * headDim,
      );
    }
  }
}
