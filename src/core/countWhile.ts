/** How many of 0…n-1 satisfy a predicate that is true up to some index and false from there on: a binary search. */
export function countWhile(n: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
