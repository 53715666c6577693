/** ln Σ exp(logits), in double precision; over the entries `ids` if they are given. */
export function logSumExp(logits: ArrayLike<number>, ids?: ArrayLike<number>): number {
  const size = ids ? ids.length : logits.length;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    const logit = logits[ids ? ids[i] : i];
    if (logit > max) max = logit;
    // A comparison alone would pass NaN by.
    else if (Number.isNaN(logit)) return Number.NaN;
  }
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.exp(logits[ids ? ids[i] : i] - max);
  return max + Math.log(sum);
}

/** −log2 of the probability that softmax(logits) gives to `id`, bits. */
export function surprisalBits(logits: ArrayLike<number>, id: number): number {
  return (logSumExp(logits) - logits[id]) / Math.LN2;
}

/**
 * KL(p ‖ q) in bits of the distributions softmax(`p`) and softmax(`q`) over the entries `ids`, each renormalised to them;
 * over all entries if `ids` is left out.
 */
export function klBits(p: ArrayLike<number>, q: ArrayLike<number>, ids?: ArrayLike<number>): number {
  const size = ids ? ids.length : p.length;
  const totalP = logSumExp(p, ids);
  const totalQ = logSumExp(q, ids);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const at = ids ? ids[i] : i;
    const logP = p[at] - totalP;
    sum += Math.exp(logP) * (logP - (q[at] - totalQ));
  }
  // Equal distributions give a rounding error of either sign.
  return Number.isNaN(sum) ? sum : Math.max(0, sum / Math.LN2);
}
