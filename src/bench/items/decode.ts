import { TextModel } from '../../model/textModel';
import { alone, inPairs, type Measured } from '../pairs';
import type { Peer } from '../peer';
import { peakMemory } from '../procfs';
import { atLeast, type Result } from '../result';
import type { Subject } from '../subject';
import { type DecodeJob, decodeJob, decodeOurs, decodePeer, peerJob, perUsefulToken } from './decodeJob';

// Targets by rows in a batch.
const TARGETS = {
  small: new Map([
    [1, 6],
    [32, 2.5],
  ]),
  '300m': new Map([
    [1, 1.2],
    [8, 1.9],
    [32, 1.1],
  ]),
};
const RAGGED_TARGET = 1.5;
// Greedy tokens of random weights part at near ties, and everything after such a tie differs.
const LEAST_AGREEMENT = { small: 1, '300m': 0.8 };

/** Steered greedy decode of whole batches, prompts included. */
export async function decode(subject: Subject): Promise<Result[]> {
  const { name, options } = subject;
  const results: Result[] = [];
  for (const [batch, target] of TARGETS[name]) {
    const tokens = name === 'small' ? (options.quick ? 16 : 128) : options.quick ? 4 : 24;
    const job = await decodeJob(subject, batch, batch, tokens);
    results.push(await compare(subject, job, `steered decode, ${batch} row${batch > 1 ? 's' : ''}`, target));
  }
  return results;
}

/** Sampled decode where rows end at different lengths, with three times as many prompts as rows. */
export async function decodeRagged(subject: Subject): Promise<Result[]> {
  const { name, options, config } = subject;
  const batch = options.quick ? 4 : 32;
  const tokens = options.quick ? 8 : name === 'small' ? 240 : 64;
  const job = await decodeJob(subject, 3 * batch, batch, tokens);
  // The bundled model ends by itself; a random one gets as many stop tokens as end a row after 40 tokens in the mean.
  const every = 40;
  const stop =
    name === 'small'
      ? (await TextModel.open(subject.folder)).stop
      : Array.from({ length: Math.ceil(config.vocabulary / every) }, (_, i) => i * every);
  const item = `steered decode, ${batch} rows that end at different lengths`;
  return [await compare(subject, { ...job, sampled: true, stop }, item, RAGGED_TARGET)];
}

async function compare(subject: Subject, job: DecodeJob, item: string, target: number): Promise<Result> {
  const { name, options } = subject;
  const ours = await subject.startOurs();
  const peer = await subject.startPeer();
  try {
    const described = {
      item,
      model: name,
      workload: `${job.rows.length} prompts, ${job.stop.length ? '≤ ' : ''}${job.tokens} new tokens`,
      unit: 'ms/token' as const,
    };
    let oursIds: number[][] = [];
    let peerIds: number[][] = [];
    const memory = {
      ours: await peakMemory(ours.pids, async () => {
        oursIds = (await decodeOurs(ours, job)).map(row => row.tokenIds);
      }),
      peer:
        peer &&
        (await peakMemory(peer.pids, async () => {
          peerIds = (await decodePeer(peer, job)).tokenIds!;
        })),
    };
    const runOurs = async (): Promise<Measured> => {
      let ids: number[][] = [];
      const measured = await ours.time(async () => {
        ids = (await decodeOurs(ours, job)).map(row => row.tokenIds);
      });
      return perUsefulToken(measured, ids);
    };
    if (!peer) return { ...described, ours: await alone(options.runs, runOurs), memory };
    const threads = await tunedThreads(subject, peer, job);
    const agreement = job.sampled
      ? `${(100 * usefulShare(peerIds, job)).toFixed(0)} % of the peer's rows are useful`
      : `${(100 * requireAgreement(subject, oursIds, peerIds)).toFixed(0)} % of greedy tokens equal`;
    const pairs = await inPairs(options.runs, runOurs, async () => {
      const { seconds, cpu, tokenIds } = await decodePeer(peer, job);
      return perUsefulToken({ wall: seconds, cpu }, tokenIds!);
    });
    return {
      ...described,
      ours: pairs.first,
      peer: pairs.second,
      against: 'generate + hook',
      ratio: pairs.ratio,
      ...atLeast(target, pairs.ratio),
      memory,
      note: [agreement, ...threads].join('; '),
    };
  } finally {
    ours.stop();
    peer?.stop();
  }
}

/** Gives the peer on a small model the number of threads that it is faster with. */
async function tunedThreads({ name, options }: Subject, peer: Peer, job: DecodeJob): Promise<string[]> {
  if (name !== 'small' || options.threads === 1) return [];
  const shorter = { ...job, tokens: Math.min(job.tokens, 32) };
  return [`peer at ${await peer.tune(peerJob(shorter))} thread(s), its faster choice`];
}

/** Share of the tokens computed by padded batches that lie before their row's end. */
function usefulShare(rows: number[][], { batch }: DecodeJob): number {
  let useful = 0;
  let computed = 0;
  for (let start = 0; start < rows.length; start += batch) {
    const lengths = rows.slice(start, start + batch).map(row => row.length);
    useful += lengths.reduce((a, b) => a + b, 0);
    computed += Math.max(...lengths) * lengths.length;
  }
  return useful / computed;
}

function requireAgreement({ name }: Subject, ours: number[][], peer: number[][]): number {
  const tokens = ours.flat().length;
  let equal = 0;
  for (const [row, ids] of ours.entries()) {
    for (const [at, id] of ids.entries()) if (id === peer[row]?.[at]) equal++;
  }
  if (equal / tokens < LEAST_AGREEMENT[name]) {
    throw new Error(
      `steered decode: only ${equal} of ${tokens} greedy tokens equal transformers' on ${name}`,
    );
  }
  return equal / tokens;
}
