import { Tensor } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import type { Intervention } from '../contract';

/** The steering inputs of a graph for a batch whose rows come and go: per layer `scale` [B,1,1] and `steer` [B,1,d]. */
export class SteeringInputs {
  constructor(
    private readonly dModel: number,
    /** Layers steered, ascending. */
    readonly layers: number[],
    private readonly vectors: Float32Array[],
  ) {}

  /** Layers that any of these interventions touches; throws a UserError for a layer or vector that does not exist. */
  static layersOf(
    rows: (Intervention[] | undefined)[],
    blocks: number,
    vectors: Float32Array[],
    dModel: number,
  ): number[] {
    const layers = new Set<number>();
    for (const { layer, vector } of rows.flatMap(row => row ?? [])) {
      if (!(Number.isInteger(layer) && layer >= 0 && layer < blocks)) {
        throw new UserError(`Layer ${layer} does not exist: the model has layers 0 to ${blocks - 1}.`);
      }
      if (vector !== undefined && vectors[vector]?.length !== dModel) {
        throw new UserError(
          `The steering vector has ${vectors[vector]?.length ?? 0} numbers where the model's residual stream has ${dModel}.`,
        );
      }
      layers.add(layer);
    }
    return [...layers].sort((a, b) => a - b);
  }

  /** The inputs for these rows, in their order. */
  tensors(rows: (Intervention[] | undefined)[]): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const layer of this.layers) {
      const scale = new Float32Array(rows.length).fill(1);
      const steer = new Float32Array(rows.length * this.dModel);
      for (const [row, interventions] of rows.entries()) {
        for (const { layer: at, vector, strength = 0, gain = 0 } of interventions ?? []) {
          if (at !== layer) continue;
          scale[row] += gain;
          if (vector === undefined || strength === 0) continue;
          const v = this.vectors[vector];
          for (let i = 0; i < v.length; i++) steer[row * this.dModel + i] += strength * v[i];
        }
      }
      tensors[`scale.${layer}`] = new Tensor('float32', scale, [rows.length, 1, 1]);
      tensors[`steer.${layer}`] = new Tensor('float32', steer, [rows.length, 1, this.dModel]);
    }
    return tensors;
  }
}
