import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedRow, GenerateParams } from '../../model/contract';
import { TextModel } from '../../model/textModel';
import type { Ours } from '../ours';
import type { Measured } from '../pairs';
import type { Peer, PeerAnswer } from '../peer';
import type { Subject } from '../subject';
import { randomIds, randomNumbers } from '../workload';

/** Rows continued by either side: the same prompts, layer, vector and strengths. */
export interface DecodeJob {
  rows: number[][];
  batch: number;
  tokens: number;
  layer: number;
  vector: Float32Array;
  /** One for each row; left out: no steering. */
  strengths?: number[];
  sampled: boolean;
  stop: number[];
}

/** A steered greedy job: `count` prompts in batches of `batch`, `tokens` new tokens each. */
export async function decodeJob(
  subject: Subject,
  count: number,
  batch: number,
  tokens: number,
): Promise<DecodeJob> {
  const { config } = subject;
  const random = randomNumbers(2);
  const vector = Float32Array.from({ length: config.dModel }, () => (random() - 0.5) * 0.1);
  return {
    rows: await prompts(subject, count),
    batch,
    tokens,
    layer: Math.max(0, Math.round(config.layers / 3) - 1),
    vector,
    strengths: new Array(count).fill(1),
    sampled: false,
    stop: [],
  };
}

/** The bundled model's own prompts; random ids for a random model, of different lengths. */
async function prompts({ name, folder, config }: Subject, count: number): Promise<number[][]> {
  if (name === 'small') {
    const model = await TextModel.open(folder);
    const lines = readFileSync(join(folder, '..', 'prompts.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return Array.from({ length: count }, (_, i) =>
      model.promptIds(JSON.parse(lines[(i * 7) % lines.length]).prompt),
    );
  }
  const random = randomNumbers(3);
  return Array.from({ length: count }, (_, i) => randomIds(random, 14 + (i % 8), config.vocabulary));
}

/** Runs a job with the engine. */
export function decodeOurs(ours: Ours, job: DecodeJob): Promise<GeneratedRow[]> {
  const params: GenerateParams = {
    rows: job.rows.map((ids, row) => ({
      ids,
      seed: row,
      interventions: job.strengths && [{ layer: job.layer, vector: 0, strength: job.strengths[row] }],
    })),
    vectors: [job.vector],
    sampling: { temperature: job.sampled ? 1 : 0 },
    maxTokens: job.tokens,
    stop: job.stop,
    batch: job.batch,
  };
  return ours.generate(params);
}

/** Runs a job with transformers. */
export function decodePeer(peer: Peer, job: DecodeJob): Promise<PeerAnswer> {
  return peer.run(peerJob(job));
}

/** The job as bench/peers.py takes it; unsteered rows have strength 0. */
export function peerJob(job: DecodeJob): { item: string } & Record<string, unknown> {
  const strengths = job.strengths ?? job.rows.map(() => 0);
  return { item: 'decode', ...job, strengths, vector: [...job.vector] };
}

/** Milliseconds for each token that counts: those up to a row's end. */
export function perUsefulToken({ wall, cpu }: Measured, tokenIds: number[][]): Measured {
  const tokens = tokenIds.reduce((sum, ids) => sum + ids.length, 0);
  return { wall: (1000 * wall) / tokens, cpu: cpu === undefined ? undefined : (1000 * cpu) / tokens };
}
