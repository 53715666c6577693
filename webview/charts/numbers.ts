/** A share 0…1 as a percentage with at most two decimals, "1.89 %"; "–" if there is none. */
export function percent(share: number, digits?: number): string {
  if (!Number.isFinite(share)) return '–';
  const value = 100 * share;
  const decimals = digits ?? (Math.abs(value) >= 10 ? 1 : 2);
  return `${signed(value.toFixed(decimals))} %`;
}

/** A number with a fixed count of decimals and a true minus sign; "–" if it is missing or not finite. */
export function fixed(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : signed(value.toFixed(digits));
}

/** A strength or an offset as short as it can be, with a true minus sign. */
export function short(value: number): string {
  return Number.isFinite(value) ? signed(String(Number(value.toPrecision(3)))) : '–';
}

function signed(text: string): string {
  return /^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text.replace('-', '−');
}
