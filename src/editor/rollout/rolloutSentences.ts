import { countWhile } from '../../core/countWhile';
import { type ParsedRollout, thinkSpan } from '../../core/rollout';
import { sentencesOfBlock } from '../../core/sentences';
import { type TextBlock, textBlocks } from '../../core/textBlocks';
import type { OffsetRange } from './rolloutTokens';

/**
 * The sentences of a rollout's reasoning, of the whole response if it has no think tags, as offsets of the file. They are
 * looked for where they are asked for: those of 5 MB take a second, the blocks that they stand in 20 ms.
 */
export class RolloutSentences {
  private readonly reasoning: string;
  private readonly base: number;
  private readonly blocks: TextBlock[];
  private readonly found: OffsetRange[][] = [];

  constructor({ response, responseStart }: ParsedRollout) {
    const think = thinkSpan(response) ?? { start: 0, end: response.length };
    this.reasoning = response.slice(think.start, think.end);
    this.base = responseStart + think.start;
    this.blocks = textBlocks(this.reasoning);
  }

  /** Every sentence. */
  all(): OffsetRange[] {
    return this.blocks.flatMap((_, index) => this.ofBlock(index));
  }

  /** The sentences of the blocks that touch [start, end) of the file. */
  touching({ start, end }: OffsetRange): OffsetRange[] {
    const sentences: OffsetRange[] = [];
    for (let i = this.firstBlock(start - this.base); i < this.blocks.length; i++) {
      if (this.blocks[i].start >= end - this.base) break;
      sentences.push(...this.ofBlock(i));
    }
    return sentences;
  }

  /** The first block that ends after `offset` of the reasoning. */
  private firstBlock(offset: number): number {
    return countWhile(this.blocks.length, block => this.blocks[block].end <= offset);
  }

  private ofBlock(index: number): OffsetRange[] {
    this.found[index] ??= sentencesOfBlock(this.reasoning, this.blocks[index]).map(({ start, end }) => ({
      start: this.base + start,
      end: this.base + end,
    }));
    return this.found[index];
  }
}
