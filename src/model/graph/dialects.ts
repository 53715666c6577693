import type { Provider } from '../contract';
import type { GraphBuilder } from './onnx';

/** What a graph must be written differently for, by the kernels that a provider has. */
export interface Dialect {
  /**
   * x·Wᵀ with W [out, in] as Hugging Face stores it. x is [N,in], or [B,T,in] where `tokens` names a value of shape [B,T].
   */
  product(g: GraphBuilder, x: string, weight: string, shape: number[], tokens?: string): string;
}

const fused: Dialect = {
  product: (g, x, weight) => g.microsoft('FusedMatMul', [x, weight], [g.fresh('product')], { transB: 1 })[0],
};

const gemm: Dialect = {
  product(g, x, weight, [outputs, inputs], tokens) {
    if (tokens === undefined) return g.op('Gemm', [x, weight], { transB: 1 });
    const flat = g.op('Reshape', [x, g.constant([-1, inputs])]);
    const shape = g.op('Concat', [g.op('Shape', [tokens]), g.constant([outputs])], { axis: 0 });
    return g.op('Reshape', [g.op('Gemm', [flat, weight], { transB: 1 }), shape]);
  },
};

/**
 * FusedMatMul takes a transposed weight of any rank but has no kernel for WebGPU and CoreML: onnxruntime would run it on
 * the CPU and copy to and fro. Gemm is their own; on the CPU it would cost the reshapes for nothing.
 */
export const DIALECTS: Record<Provider, Dialect> = {
  cpu: fused,
  cuda: fused,
  directml: fused,
  webgpu: gemm,
  coreml: gemm,
};
