/** A weight as it is shown: `1`, `−0.5`. */
export function signed(weight: number): string {
  return weight < 0 ? `−${-weight}` : String(weight);
}

/** A typed weight, or what is wrong with it. A true minus sign counts as one. */
export function parseWeight(text: string): number | string {
  const plain = text.trim().replace('−', '-');
  const value = plain === '' ? Number.NaN : Number(plain);
  return Number.isFinite(value) ? value : 'A number, such as 1, 0.5 or -2; negative steers away';
}
