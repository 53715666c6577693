/**
 * Writes the ids of the largest logits, largest first and among equals the smaller id, to `ids` at `at`, as many as
 * `count` says; one pass over the vocabulary, without sorting it.
 */
export function likeliest(logits: Float32Array, count: number, ids: Int32Array, at: number): void {
  let found = 0;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (found === count && !(logit > logits[ids[at + count - 1]])) continue;
    let place = found < count ? found++ : count - 1;
    for (; place > 0 && logit > logits[ids[at + place - 1]]; place--) ids[at + place] = ids[at + place - 1];
    ids[at + place] = id;
  }
}
