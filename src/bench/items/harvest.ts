import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HarvestSums } from '../../core/sums';
import { HARVEST_OFFSETS } from '../../study/harvestRollouts';
import type { Ours } from '../ours';
import { alone, inPairs } from '../pairs';
import type { Peer } from '../peer';
import { peakMemory } from '../procfs';
import { atLeast, perToken, type Result } from '../result';
import type { Subject } from '../subject';
import { harvestTexts, LABELS, type LabelledText, randomTexts, sumsError } from '../workload';

// The window of the paper: 13 to 8 tokens before the sentence.
const PAPER_WINDOW: [number, number] = [-13, -8];
const TOLERANCE = 1e-4;

interface Sizes {
  texts: number;
  tokens: number;
}

/** One layer at a third of the depth: against the papers' practice, and against a peer that stops at the layer. */
export async function harvestOneLayer(subject: Subject): Promise<Result[]> {
  const layer = Math.max(0, Math.round(subject.config.layers / 3) - 1);
  const item = `harvest, layer ${layer} of ${subject.config.layers}, one window`;
  return new HarvestBench(subject, item, [layer], PAPER_WINDOW).run([
    { against: 'whole pass + hook', job: { item: 'harvest_hook', layer, stops: false }, target: 2.5 },
    { against: 'hook that stops the pass', job: { item: 'harvest_hook', layer, stops: true } },
  ]);
}

/** Every layer and every offset around each sentence, in one pass. */
export async function harvestEverything(subject: Subject): Promise<Result[]> {
  const layers = Array.from({ length: subject.config.layers }, (_, layer) => layer);
  const item = `harvest, all ${layers.length} layers × ${HARVEST_OFFSETS[1] - HARVEST_OFFSETS[0] + 1} offsets`;
  return new HarvestBench(subject, item, layers, HARVEST_OFFSETS).run([
    { against: 'output_hidden_states + the same sums', job: { item: 'harvest_all' }, target: 1 },
  ]);
}

interface Rival {
  against: string;
  job: { item: string } & Record<string, unknown>;
  target?: number;
}

class HarvestBench {
  private readonly sizes: Sizes;
  private readonly texts: LabelledText[];
  private readonly tokens: number;

  constructor(
    private readonly subject: Subject,
    private readonly item: string,
    private readonly layers: number[],
    private readonly offsets: [number, number],
  ) {
    const { options, config, name } = subject;
    if (name === 'small') this.sizes = options.quick ? { texts: 4, tokens: 100 } : { texts: 64, tokens: 300 };
    else this.sizes = options.quick ? { texts: 1, tokens: 80 } : { texts: 2, tokens: 512 };
    this.texts = randomTexts(this.sizes.texts, this.sizes.tokens, config.vocabulary, 1);
    this.tokens = this.texts.reduce((sum, text) => sum + text.ids.length, 0);
  }

  async run(rivals: Rival[]): Promise<Result[]> {
    const { subject } = this;
    const ours = await subject.startOurs();
    const peer = await subject.startPeer();
    const folder = mkdtempSync(join(tmpdir(), 'doubletake-bench-'));
    try {
      if (!peer) return [await this.oursAlone(ours)];
      const results: Result[] = [];
      for (const rival of rivals) results.push(await this.against(ours, peer, rival, join(folder, 'sums')));
      return results;
    } finally {
      ours.stop();
      peer?.stop();
      rmSync(folder, { recursive: true });
    }
  }

  private async against(ours: Ours, peer: Peer, rival: Rival, out: string): Promise<Result> {
    const { offsets, texts } = this;
    const job = { ...rival.job, offsets, labels: LABELS, texts, out };
    let sums!: HarvestSums;
    const memory = {
      ours: await peakMemory(ours.pids, async () => {
        sums = await this.harvest(ours);
      }),
      peer: await peakMemory(peer.pids, () => peer.run(job)),
    };
    const error = sumsError(sums, out);
    if (!(error < TOLERANCE))
      throw new Error(`${this.item}: the sums differ by ${error.toExponential(1)} of the largest`);
    const tuned =
      this.subject.name === 'small' && this.subject.options.threads > 1 ? [await peer.tune(job)] : [];
    const pairs = await inPairs(
      this.subject.options.runs,
      () => ours.time(() => this.harvest(ours)),
      async () => {
        const { seconds, cpu } = await peer.run(job);
        return { wall: seconds, cpu };
      },
    );
    return {
      ...this.describe(),
      ours: perToken(pairs.first, this.tokens),
      peer: perToken(pairs.second, this.tokens),
      against: rival.against,
      ratio: pairs.ratio,
      ...atLeast(rival.target, pairs.ratio),
      memory,
      note: [
        `sums agree to ${error.toExponential(0)}`,
        ...tuned.map(threads => `peer at ${threads} thread(s), its faster choice`),
      ].join('; '),
    };
  }

  private async oursAlone(ours: Ours): Promise<Result> {
    const memory = { ours: await peakMemory(ours.pids, () => this.harvest(ours)) };
    const measured = await alone(this.subject.options.runs, () => ours.time(() => this.harvest(ours)));
    return { ...this.describe(), ours: perToken(measured, this.tokens), memory };
  }

  private harvest(ours: Ours): Promise<HarvestSums> {
    const { offsets, layers, texts } = this;
    return ours.harvest({ texts: harvestTexts(texts, offsets), layers, offsets });
  }

  private describe(): Pick<Result, 'item' | 'model' | 'workload' | 'unit'> {
    const { texts, tokens } = this.sizes;
    return {
      item: this.item,
      model: this.subject.name,
      workload: `${texts} texts × ~${tokens} tokens`,
      unit: 'ms/token',
    };
  }
}
