import { Tensor } from 'onnxruntime-node';
import { emptySums, type HarvestSums, type SumGroup } from '../../core/sums';
import type { CallContext } from '../../rpc/answerer';
import { firstNonFinite } from '../checkpoint/finite';
import type { HarvestParams, HarvestText } from '../contract';
import type { LoadedModel } from './loadedModel';
import { TextReader } from './texts';

/** Sentences of one group whose windows reach into a piece. */
interface PieceGroup {
  group: HarvestText['groups'][number];
  firsts: number[];
}

/**
 * Sums of resid_post over windows of many texts, for every layer and offset asked for, in one pass that runs only the
 * blocks up to the deepest layer. The graph gathers [sentences, offsets·d] and adds up groups; only sums leave it.
 */
export async function harvest(
  model: LoadedModel,
  params: HarvestParams,
  context: CallContext<{ done: number; total: number }>,
): Promise<HarvestSums> {
  const { texts, offsets } = params;
  const [lo, hi] = offsets;
  const layers = [...params.layers].sort((a, b) => a - b);
  const { dModel } = model.config;
  const sums = emptySums(layers, dModel, offsets);
  const longest = texts.reduce((most, text) => Math.max(most, text.ids.length), 1);
  const reader = await TextReader.create(model, { pool: layers }, longest);
  const groups = new Map<string, SumGroup>();
  const total = texts.reduce((count, text) => count + text.ids.length, 0);
  let done = 0;
  for (const text of texts) {
    let plan: PieceGroup[] = [];
    const inputs = (start: number, tokens: number) => {
      plan = planPiece(text, start, start + tokens);
      return poolInputs(plan, start, tokens, offsets, dModel);
    };
    for (const group of text.groups)
      sumsOf(groups, group, layers.length, dModel).count += group.firsts.length;
    for await (const { tokens, outputs } of reader.read(text.ids, context.signal, inputs)) {
      for (const [i, layer] of layers.entries()) {
        const all = outputs[`total.${layer}`].data as Float32Array;
        if (firstNonFinite(all) >= 0) model.explainNonFinite();
        for (let j = 0; j < dModel; j++) sums.totals.sum[i][j] += all[j];
      }
      const pooled = layers.map(layer => outputs[`pool.${layer}`].data as Float32Array);
      for (const [row, { group }] of plan.entries()) {
        const at = (row * (hi - lo + 1) + group.from - lo) * dModel;
        for (const [layer, sum] of sumsOf(groups, group, layers.length, dModel).sums.entries()) {
          const source = pooled[layer];
          for (let i = 0; i < sum.length; i++) sum[i] += source[at + i];
        }
      }
      done += tokens;
      context.emit({ done, total });
    }
    sums.totals.tokens += text.ids.length;
    sums.totals.rollouts++;
  }
  sums.groups.push(...groups.values());
  return sums;
}

/** The sentences of a text's groups that have an offset in positions [start, end). */
function planPiece(text: HarvestText, start: number, end: number): PieceGroup[] {
  return text.groups
    .map(group => ({
      group,
      firsts: group.firsts.filter(first => first + group.to >= start && first + group.from < end),
    }))
    .filter(({ firsts }) => firsts.length > 0);
}

function poolInputs(
  plan: PieceGroup[],
  start: number,
  tokens: number,
  [lo, hi]: [number, number],
  dModel: number,
): Record<string, Tensor> {
  const width = hi - lo + 1;
  const firsts = plan.flatMap(piece => piece.firsts);
  // A piece without a window still needs inputs that are not empty; its one row is not read.
  const sentences = Math.max(1, firsts.length);
  // The row behind the last token is zero: what lies outside the piece adds nothing.
  const positions = new Int32Array(sentences * width).fill(tokens);
  for (const [sentence, first] of firsts.entries()) {
    for (let o = 0; o < width; o++) {
      const position = first + lo + o - start;
      if (position >= 0 && position < tokens) positions[sentence * width + o] = position;
    }
  }
  const groups = new Float32Array(Math.max(1, plan.length) * sentences);
  let sentence = 0;
  for (const [row, piece] of plan.entries()) {
    groups.fill(1, row * sentences + sentence, row * sentences + (sentence += piece.firsts.length));
  }
  return {
    pool_positions: new Tensor('int32', positions, [positions.length]),
    pool_groups: new Tensor('float32', groups, [Math.max(1, plan.length), sentences]),
    pool_shape: new Tensor('int64', BigInt64Array.of(BigInt(sentences), BigInt(width * dModel)), [2]),
    pool_all: new Tensor('float32', new Float32Array(tokens).fill(1), [1, tokens]),
    pool_zero: new Tensor('float32', new Float32Array(dModel), [1, dModel]),
  };
}

/** The sums of a group of a text, made at first sight; groups of the same label, half and range share them. */
function sumsOf(
  groups: Map<string, SumGroup>,
  { label, half, from, to }: HarvestText['groups'][number],
  layers: number,
  dModel: number,
): SumGroup {
  const key = `${half} ${from} ${to} ${label}`;
  let group = groups.get(key);
  if (!group) {
    const sums = Array.from({ length: layers }, () => new Float64Array((to - from + 1) * dModel));
    groups.set(key, (group = { label, half, from, to, count: 0, sums }));
  }
  return group;
}
