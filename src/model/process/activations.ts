import { Tensor } from 'onnxruntime-node';
import { atomicWrite } from '../../files/atomicWrite';
import { encodeSafetensors, type NamedTensor } from '../../files/safetensors';
import type { CallContext } from '../../rpc/answerer';
import { firstNonFinite } from '../checkpoint/finite';
import type { ActivationsParams, LensParams, ProjectParams } from '../contract';
import type { LoadedModel } from './loadedModel';
import { TextReader } from './texts';

/** Writes `resid_post.L` float32 [T,d] of each layer, `token_ids` int64 [T] and, if wanted, `logits` [T,V] to a file. */
export async function writeActivations(
  model: LoadedModel,
  { ids, layers, logits, out }: ActivationsParams,
  context: CallContext<{ done: number; total: number }>,
): Promise<{ tokens: number }> {
  const { dModel, vocabulary } = model.config;
  const reader = await TextReader.create(model, { residuals: layers, logits }, ids.length);
  const tensors: Record<string, NamedTensor> = {};
  const gather = (name: string, width: number) => {
    tensors[name] = { dtype: 'F32', shape: [ids.length, width], data: new Float32Array(ids.length * width) };
  };
  for (const layer of layers) gather(`resid_post.${layer}`, dModel);
  if (logits) gather('logits', vocabulary);
  for await (const { start, tokens, outputs } of reader.read(ids, context.signal)) {
    for (const [name, { data, shape }] of Object.entries(tensors)) {
      const values = outputs[name].data as Float32Array;
      if (firstNonFinite(values) >= 0) model.explainNonFinite();
      (data as Float32Array).set(values, start * shape[1]);
    }
    context.emit({ done: start + tokens, total: ids.length });
  }
  tensors.token_ids = { dtype: 'I64', shape: [ids.length], data: BigInt64Array.from(ids, BigInt) };
  await atomicWrite(out, encodeSafetensors(tensors, { format: 'pt' }));
  return { tokens: ids.length };
}

/** Logits float32 [N·V] of residuals (final norm first) or of directions (W_U·v as it is). */
export async function lens(model: LoadedModel, { vectors, norm }: LensParams): Promise<Float32Array> {
  const { dModel } = model.config;
  const session = await model.lens(norm);
  const residuals = new Tensor('float32', vectors, [vectors.length / dModel, dModel]);
  const { logits } = await model.run(session, { residuals }, { logits: null });
  return logits.data as Float32Array;
}

/** Projections float32 [T·N] of every token's resid_post on N directions, one array for each layer. */
export async function project(
  model: LoadedModel,
  { ids, layers, directions }: ProjectParams,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const { dModel } = model.config;
  const reader = await TextReader.create(model, { project: layers }, ids.length);
  const count = directions.length;
  const columns = new Float32Array(dModel * count);
  for (const [n, direction] of directions.entries()) {
    for (let i = 0; i < dModel; i++) columns[i * count + n] = direction[i];
  }
  const inputs = { directions: new Tensor('float32', columns, [dModel, count]) };
  const result = layers.map(() => new Float32Array(ids.length * count));
  for await (const { start, outputs } of reader.read(ids, signal, () => inputs)) {
    for (const [i, layer] of layers.entries()) {
      result[i].set(outputs[`projection.${layer}`].data as Float32Array, start * count);
    }
  }
  return result;
}
