import { inPairs, type Run } from '../pairs';
import type { Result } from '../result';
import type { Subject } from '../subject';
import { type DecodeJob, decodeJob, decodeOurs } from './decodeJob';

const ROWS = 32;
const MIXED_TARGET = 0.97;
const COST_TARGET = 0.98;

/** 32 distinct strengths in one batch against one strength for all. */
export async function distinctStrengths(subject: Subject): Promise<Result[]> {
  const job = await sized(subject, ROWS);
  const mixed = { ...job, strengths: job.rows.map((_, row) => row / ROWS) };
  return [
    await compare(subject, `decode, ${ROWS} distinct strengths`, 'one strength', mixed, job, MIXED_TARGET),
  ];
}

/** Steered against unsteered. */
export async function steeringCost(subject: Subject): Promise<Result[]> {
  const results: Result[] = [];
  for (const rows of [1, ROWS]) {
    const job = await sized(subject, rows);
    const plain = { ...job, strengths: undefined };
    results.push(
      await compare(
        subject,
        `steered decode, ${rows} row${rows > 1 ? 's' : ''}`,
        'unsteered',
        job,
        plain,
        COST_TARGET,
      ),
    );
  }
  return results;
}

function sized(subject: Subject, rows: number): Promise<DecodeJob> {
  const tokens = subject.options.quick ? 8 : subject.name === 'small' ? 128 : 24;
  return decodeJob(subject, rows, rows, tokens);
}

async function compare(
  subject: Subject,
  item: string,
  against: string,
  job: DecodeJob,
  other: DecodeJob,
  target: number,
): Promise<Result> {
  const ours = await subject.startOurs();
  try {
    const run =
      (which: DecodeJob): Run =>
      () =>
        ours.time(() => decodeOurs(ours, which));
    await run(job)();
    await run(other)();
    const pairs = await inPairs(2 * subject.options.runs, run(job), run(other));
    const tokens = job.rows.length * job.tokens;
    const scale = (wall: number) => (1000 * wall) / tokens;
    return {
      item,
      model: subject.name,
      workload: `${job.rows.length} prompts, ${job.tokens} new tokens`,
      unit: 'ms/token',
      ours: { wall: scale(pairs.first.wall), cpu: pairs.first.cpu && scale(pairs.first.cpu) },
      peer: { wall: scale(pairs.second.wall), cpu: pairs.second.cpu && scale(pairs.second.cpu) },
      against: `Doubletake, ${against}`,
      ratio: pairs.ratio,
      target: `≥ ${target}×`,
      met: pairs.ratio.median >= target,
    };
  } finally {
    ours.stop();
  }
}
