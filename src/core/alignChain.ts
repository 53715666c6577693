import type { Candidate } from './alignCandidates';

/** Standing right beside one's neighbour is worth less than one letter: it only decides between equals. */
const BESIDE = 0.4;

/** Where the next letter or digit stands at or after each offset: two spans with nothing but marks between them touch. */
export function nextWordStarts(response: string): Int32Array {
  const next = new Int32Array(response.length + 1);
  next[response.length] = response.length;
  const word = /[\p{L}\p{N}]/u;
  for (let i = response.length - 1; i >= 0; i--) next[i] = word.test(response[i]) ? i : next[i + 1];
  return next;
}

/**
 * The heaviest order-preserving choice: at most one candidate per part, later parts after the end of earlier ones, the most
 * characters covered, ties broken by standing beside the neighbouring part. O(K log n) for K candidates.
 */
export function heaviestChain(
  candidates: readonly (readonly Candidate[])[],
  nextWord: Int32Array,
): Map<number, Candidate> {
  const nodes: { candidate: Candidate; value: number; before: number }[] = [];
  const tree = new PrefixMaximum(nextWord.length, index => nodes[index].value);
  let previousByEnd = new Map<number, number>();
  let top = -1;
  for (const places of candidates) {
    const byEnd = new Map<number, number>();
    const firstNew = nodes.length;
    for (const candidate of places) {
      let before = tree.best(candidate.start);
      let value = before < 0 ? 0 : nodes[before].value;
      const beside = previousByEnd.get(nextWord[candidate.start]);
      if (beside !== undefined && nodes[beside].candidate.end <= candidate.start) {
        if (nodes[beside].value + BESIDE > value) {
          before = beside;
          value = nodes[beside].value + BESIDE;
        }
      }
      const index = nodes.push({ candidate, value: value + candidate.end - candidate.start, before }) - 1;
      byEnd.set(nextWord[candidate.end], index);
      if (top < 0 || nodes[index].value > nodes[top].value) top = index;
    }
    for (let index = firstNew; index < nodes.length; index++) tree.raise(nodes[index].candidate.end, index);
    previousByEnd = byEnd;
  }
  const chain = new Map<number, Candidate>();
  for (let index = top; index >= 0; index = nodes[index].before) {
    chain.set(nodes[index].candidate.part, nodes[index].candidate);
  }
  return chain;
}

/** A Fenwick tree of maxima: the best node that ends at or before an offset. */
class PrefixMaximum {
  private readonly tree: Int32Array;

  constructor(
    size: number,
    private readonly weigh: (index: number) => number,
  ) {
    this.tree = new Int32Array(size + 1).fill(-1);
  }

  raise(position: number, index: number): void {
    for (let i = position + 1; i < this.tree.length; i += i & -i) {
      if (this.tree[i] < 0 || this.weigh(index) > this.weigh(this.tree[i])) this.tree[i] = index;
    }
  }

  best(position: number): number {
    let best = -1;
    for (let i = position + 1; i > 0; i -= i & -i) {
      const index = this.tree[i];
      if (index >= 0 && (best < 0 || this.weigh(index) > this.weigh(best))) best = index;
    }
    return best;
  }
}
