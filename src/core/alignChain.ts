import type { Candidate } from './alignCandidates';

/** Standing right beside one's neighbour is worth less than one letter: it only decides between equals. */
const BESIDE = 0.375;

/** A part's place in the heaviest chain; `sure` unless another chain as heavy puts it elsewhere. */
export interface ChainLink {
  candidate: Candidate;
  sure: boolean;
}

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
): ChainLink[] {
  const length = nextWord.length - 1;
  const forward = heaviestUpTo(candidates, nextWord.length, c => ({
    from: c.start,
    to: c.end,
    fromKey: nextWord[c.start],
    toKey: nextWord[c.end],
  }));
  // The same, read from the end: what can follow a candidate is what can stand before it in the mirror.
  const backward = heaviestUpTo(candidates.toReversed(), nextWord.length, c => ({
    from: length - c.end,
    to: length - c.start,
    fromKey: nextWord[c.end],
    toKey: nextWord[c.start],
  }));
  const through = (c: Candidate) => forward.value(c) + backward.value(c) - (c.end - c.start);
  return forward.chain().map(candidate => ({
    candidate,
    sure: candidates[candidate.part].every(c => c === candidate || through(c) < through(candidate)),
  }));
}

interface Node {
  candidate: Candidate;
  value: number;
  before: Node | undefined;
}

function heaviestUpTo(
  candidates: readonly (readonly Candidate[])[],
  size: number,
  view: (candidate: Candidate) => { from: number; to: number; fromKey: number; toKey: number },
) {
  const nodes = new Map<Candidate, Node>();
  const ended = new PrefixMaximum(size);
  let previous = new Map<number, Node>();
  let top: Node | undefined;
  for (const places of candidates) {
    const byEnd = new Map<number, Node>();
    const added: [to: number, node: Node][] = [];
    for (const candidate of places) {
      const { from, to, fromKey, toKey } = view(candidate);
      let before = ended.best(from);
      let value = before?.value ?? 0;
      const beside = previous.get(fromKey);
      if (beside && view(beside.candidate).to <= from && beside.value + BESIDE > value) {
        before = beside;
        value = beside.value + BESIDE;
      }
      const node: Node = { candidate, value: value + candidate.end - candidate.start, before };
      nodes.set(candidate, node);
      byEnd.set(toKey, node);
      added.push([to, node]);
      if (!top || node.value > top.value) top = node;
    }
    // Only now, so that no two candidates of one part follow each other.
    for (const [to, node] of added) ended.raise(to, node);
    previous = byEnd;
  }
  return {
    value: (candidate: Candidate) => nodes.get(candidate)!.value,
    chain: () => {
      const chain: Candidate[] = [];
      for (let node = top; node; node = node.before) chain.push(node.candidate);
      return chain.reverse();
    },
  };
}

/** A Fenwick tree of maxima: the best node that ends at or before an offset. */
class PrefixMaximum {
  private readonly tree: (Node | undefined)[];

  constructor(size: number) {
    this.tree = new Array(size + 1).fill(undefined);
  }

  raise(position: number, node: Node): void {
    for (let i = position + 1; i < this.tree.length; i += i & -i) {
      if (node.value > (this.tree[i]?.value ?? -1)) this.tree[i] = node;
    }
  }

  best(position: number): Node | undefined {
    let best: Node | undefined;
    for (let i = position + 1; i > 0; i -= i & -i) {
      const node = this.tree[i];
      if (node && node.value > (best?.value ?? -1)) best = node;
    }
    return best;
  }
}
