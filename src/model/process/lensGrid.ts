import { Tensor } from 'onnxruntime-node';
import { logSumExp } from '../../core/softmax';
import { throwIfCancelled } from '../../rpc/answerer';
import type { LensGridParams, LensGridResult } from '../contract';
import { likeliest } from './likeliest';
import type { LoadedModel } from './loadedModel';

// Logits unembedded at a time: 64 rows of a vocabulary of 128,000.
const LOGITS_BYTES = 32 << 20;

/** The layers × positions of one stretch, filled piece by piece from the residuals of its tokens. */
export class LensGrid {
  private readonly topK: number;
  private readonly ids: Int32Array;
  private readonly probabilities: Float32Array;
  private readonly surprisal: Float32Array;
  private readonly projections: Float32Array | null;

  constructor(
    private readonly model: LoadedModel,
    private readonly params: LensGridParams,
  ) {
    const { layers, vocabulary } = model.config;
    const { from, to, direction } = params;
    this.topK = Math.min(Math.max(1, params.topK), vocabulary);
    const cells = layers * (to - from);
    this.ids = new Int32Array(cells * this.topK);
    this.probabilities = new Float32Array(cells * this.topK);
    this.surprisal = new Float32Array(to - from).fill(Number.NaN);
    this.projections = direction ? new Float32Array(cells) : null;
  }

  /**
   * Adds tokens [start, stop), which may begin with the one before the stretch; `outputs` holds their `resid_post.L`
   * [1,T,d]. Tells the position up to which it is done after each matrix product.
   */
  async add(
    start: number,
    stop: number,
    outputs: Record<string, Tensor>,
    signal: AbortSignal,
    report: (position: number) => void,
  ): Promise<void> {
    const { layers, dModel, vocabulary } = this.model.config;
    const session = await this.model.lens(true);
    const rows: { position: number; layer: number }[] = [];
    for (let position = start; position < stop; position++) {
      // Of the token before the stretch only the prediction counts.
      for (let layer = position < this.params.from ? layers - 1 : 0; layer < layers; layer++)
        rows.push({ position, layer });
    }
    const most = Math.max(1, Math.floor(LOGITS_BYTES / (4 * vocabulary)));
    for (let at = 0; at < rows.length; at += most) {
      throwIfCancelled(signal);
      const some = rows.slice(at, at + most);
      const residuals = new Float32Array(some.length * dModel);
      for (const [row, { position, layer }] of some.entries()) {
        const h = outputs[`resid_post.${layer}`].data as Float32Array;
        residuals.set(h.subarray((position - start) * dModel, (position - start + 1) * dModel), row * dModel);
      }
      const feeds = { residuals: new Tensor('float32', residuals, [some.length, dModel]) };
      const { logits } = await this.model.run(session, feeds, { logits: null });
      for (const [row, { position, layer }] of some.entries()) {
        this.take(
          position,
          layer,
          (logits.data as Float32Array).subarray(row * vocabulary, (row + 1) * vocabulary),
          residuals.subarray(row * dModel, (row + 1) * dModel),
        );
      }
      report(some[some.length - 1].position);
    }
  }

  /** All of it, once every token of the stretch was added. */
  result(): LensGridResult {
    const { topK, ids, probabilities, surprisal, projections } = this;
    const { layers } = this.model.config;
    return { layers, topK, ids, probabilities, surprisal, projections };
  }

  private take(position: number, layer: number, logits: Float32Array, residual: Float32Array): void {
    const { from, to, ids, direction } = this.params;
    const total = logSumExp(logits);
    if (!Number.isFinite(total)) this.model.explainNonFinite();
    if (layer === this.model.config.layers - 1 && position + 1 < to)
      this.surprisal[position + 1 - from] = (total - logits[ids[position + 1]]) / Math.LN2;
    if (position < from) return;
    const cell = layer * (to - from) + position - from;
    likeliest(logits, this.topK, this.ids, cell * this.topK);
    for (let k = cell * this.topK; k < (cell + 1) * this.topK; k++)
      this.probabilities[k] = Math.exp(logits[this.ids[k]] - total);
    if (!direction) return;
    let dot = 0;
    for (let i = 0; i < direction.length; i++) dot += residual[i] * direction[i];
    this.projections![cell] = dot;
  }
}
