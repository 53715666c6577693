import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Ours } from '../ours';
import { median } from '../pairs';
import { type Memory, memoryOf } from '../procfs';
import type { Result } from '../result';
import type { Subject } from '../subject';
import { decodeJob, decodeOurs, decodePeer } from './decodeJob';

const LOAD_TARGET_SECONDS = 0.3;
const OWN_MEMORY_TARGET = 0.1;

interface Load {
  /** From nothing until the first token is there. */
  first: number;
  /** The same without the token itself: one more of them takes the difference. */
  load: number;
  memory: Memory | undefined;
}

/** From nothing to the first token of one short prompt, file in the system's cache; and the memory held then. */
export async function load(subject: Subject): Promise<Result[]> {
  const { name, options } = subject;
  const job = await decodeJob(subject, 1, 1, 1);
  const loads: Load[] = [];
  for (let run = 0; run < options.runs; run++) {
    loads.push(await loadOurs(await timed(() => subject.startOurs()), ours => decodeOurs(ours, job)));
  }
  const peer = options.oursOnly ? undefined : await loadPeer(subject, job);
  const weights = statSync(join(subject.folder, 'model.safetensors')).size;
  const seconds = median(loads.map(l => l.load));
  const own = loads[0].memory && Math.max(...loads.map(l => l.memory!.own));
  const described = { model: name, workload: '1 prompt, 1 new token', unit: 's' as const };
  const memory = { ours: loads[0].memory, peer: peer?.memory };
  const large = name !== 'small';
  return [
    {
      ...described,
      item: 'load',
      ours: { wall: seconds },
      memory,
      target: large
        ? `< ${LOAD_TARGET_SECONDS} s, own memory < ${OWN_MEMORY_TARGET} of the weights`
        : undefined,
      met: large
        ? seconds < LOAD_TARGET_SECONDS && own !== undefined && own < OWN_MEMORY_TARGET * weights
        : undefined,
      note: own === undefined ? undefined : `own memory ${(own / weights).toFixed(3)} of the weights`,
    },
    {
      ...described,
      item: 'start to first token',
      ours: { wall: median(loads.map(l => l.first)) },
      ...(peer && {
        peer: { wall: peer.first },
        against: 'generate + hook',
        ratio: ratioOf(loads.map(l => peer.first / l.first)),
      }),
    },
  ];
}

async function loadOurs(
  { value: ours, seconds }: { value: Ours; seconds: number },
  token: (ours: Ours) => Promise<unknown>,
): Promise<Load> {
  try {
    const first = seconds + (await timed(() => token(ours))).seconds;
    const memory = memoryOf(ours.pids.slice(0, 1));
    return { first, load: first - (await timed(() => token(ours))).seconds, memory };
  } finally {
    ours.stop();
  }
}

async function loadPeer(
  subject: Subject,
  job: Awaited<ReturnType<typeof decodeJob>>,
): Promise<Load | undefined> {
  const { value: peer, seconds } = await timed(() => subject.startPeer());
  if (!peer) return undefined;
  try {
    const first = seconds + (await timed(() => decodePeer(peer, job))).seconds;
    const memory = memoryOf(peer.pids);
    return { first, load: first - (await timed(() => decodePeer(peer, job))).seconds, memory };
  } finally {
    peer.stop();
  }
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; seconds: number }> {
  const started = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - started) / 1000 };
}

function ratioOf(ratios: number[]) {
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
