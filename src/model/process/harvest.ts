import { Tensor } from 'onnxruntime-node';
import { emptySums, type HarvestSums, type SumGroup } from '../../core/sums';
import type { CallContext } from '../../rpc/answerer';
import { firstNonFinite } from '../checkpoint/finite';
import type { HarvestParams, HarvestText } from '../contract';
import type { LoadedModel } from './loadedModel';
import { TextReader } from './texts';

/** Sentences of one piece that share a group and the offsets that fall into the piece. */
interface PieceGroup {
  group: HarvestText['groups'][number];
  from: number;
  to: number;
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
    for await (const { tokens, outputs } of reader.read(text.ids, context.signal, inputs)) {
      for (const [i, layer] of layers.entries()) {
        const all = outputs[`total.${layer}`].data as Float32Array;
        if (firstNonFinite(all) >= 0) model.explainNonFinite();
        for (let j = 0; j < dModel; j++) sums.totals.sum[i][j] += all[j];
      }
      const pooled = layers.map(layer => outputs[`pool.${layer}`].data as Float32Array);
      for (const [row, piece] of plan.entries()) addPiece(groups, piece, pooled, row, offsets, dModel);
      done += tokens;
      context.emit({ done, total });
    }
    sums.totals.tokens += text.ids.length;
    sums.totals.rollouts++;
  }
  sums.groups.push(...groups.values());
  return sums;
}

/** Splits a text's groups by what falls into positions [start, end). */
function planPiece(text: HarvestText, start: number, end: number): PieceGroup[] {
  const groups: PieceGroup[] = [];
  for (const group of text.groups) {
    const byRange = new Map<string, PieceGroup>();
    for (const first of group.firsts) {
      const from = Math.max(group.from, start - first);
      const to = Math.min(group.to, end - 1 - first);
      if (from > to) continue;
      const key = `${from} ${to}`;
      let piece = byRange.get(key);
      if (!piece) byRange.set(key, (piece = { group, from, to, firsts: [] }));
      piece.firsts.push(first);
    }
    groups.push(...byRange.values());
  }
  return groups;
}

function poolInputs(
  plan: PieceGroup[],
  start: number,
  tokens: number,
  [lo, hi]: [number, number],
  dModel: number,
): Record<string, Tensor> {
  const width = hi - lo + 1;
  // A piece without a window still needs inputs that are not empty; its one row is not read.
  if (plan.length === 0)
    plan = [{ group: { label: '', half: 0, from: 0, to: 0, firsts: [] }, from: 0, to: 0, firsts: [start] }];
  const firsts = plan.flatMap(piece => piece.firsts);
  const positions = new Int32Array(firsts.length * width);
  for (const [sentence, first] of firsts.entries()) {
    for (let o = 0; o < width; o++) {
      const position = first + lo + o - start;
      // Positions outside the piece point at its first token; their sums are not read.
      positions[sentence * width + o] = position >= 0 && position < tokens ? position : 0;
    }
  }
  const groups = new Float32Array(plan.length * firsts.length);
  let sentence = 0;
  for (const [row, piece] of plan.entries()) {
    groups.fill(1, row * firsts.length + sentence, row * firsts.length + (sentence += piece.firsts.length));
  }
  return {
    pool_positions: new Tensor('int32', positions, [positions.length]),
    pool_groups: new Tensor('float32', groups, [plan.length, firsts.length]),
    pool_shape: new Tensor('int64', BigInt64Array.of(BigInt(firsts.length), BigInt(width * dModel)), [2]),
    pool_all: new Tensor('float32', new Float32Array(tokens).fill(1), [1, tokens]),
  };
}

/** Adds a piece's row of pooled sums to its group, made at first sight. A sentence is counted where its last offset lies. */
function addPiece(
  groups: Map<string, SumGroup>,
  { group: { label, half, from, to }, ...piece }: PieceGroup,
  pooled: Float32Array[],
  row: number,
  [lo, hi]: [number, number],
  dModel: number,
): void {
  const key = `${half} ${from} ${to} ${label}`;
  let group = groups.get(key);
  if (!group) {
    const sums = pooled.map(() => new Float64Array((to - from + 1) * dModel));
    groups.set(key, (group = { label, half, from, to, count: 0, sums }));
  }
  if (piece.to === to) group.count += piece.firsts.length;
  const at = (row * (hi - lo + 1) + piece.from - lo) * dModel;
  const start = (piece.from - from) * dModel;
  const length = (piece.to - piece.from + 1) * dModel;
  for (const [layer, sum] of group.sums.entries()) {
    const source = pooled[layer];
    for (let i = 0; i < length; i++) sum[start + i] += source[at + i];
  }
}
