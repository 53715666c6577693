/** More rows than a person compares, and than a small model's batch holds. */
const MOST = 32;
/** A steering strength beyond this is a slip of the keys: vectors have the norm of activations. */
const LARGEST = 1000;

/** A typed strength as a number, or what is wrong with it. A comma and a true minus sign are understood. */
export function parseStrength(text: string): number | string {
  const plain = text
    .trim()
    .replace('−', '-')
    .replace(/^([-+]?\d+),(\d+)$/, '$1.$2');
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(plain)) return 'A number, such as 4 or -2.5';
  const strength = Number(plain);
  return Math.abs(strength) <= LARGEST
    ? strength
    : `A number between −${LARGEST} and ${LARGEST}: the vector is multiplied by it`;
}

/** Typed strengths, "0, 1, 2.5" or "0..8 by 2", as numbers in their order without repeats, or what is wrong with them. */
export function parseStrengths(text: string): number[] | string {
  const range = /^(.+?)\s*(?:\.\.|…)\s*(.+?)(?:\s+by\s+(.+))?$/.exec(text.trim());
  if (range) return rangeOf(range[1], range[2], range[3] ?? '1');
  const parts = text.split(/[,;\s]+/).filter(part => part !== '');
  if (parts.length === 0) return 'Some strengths, such as 0, 1, 2, 4, 8 or 0..8 by 2';
  const strengths = new Set<number>();
  for (const part of parts) {
    const strength = parseStrength(part);
    if (typeof strength === 'string') return `${part}: ${strength.replace(/^A/, 'a')}`;
    strengths.add(strength);
  }
  return fewEnough([...strengths]);
}

/** A strength as people and file names write it: "4", "-2.5". */
export function strengthText(strength: number): string {
  return String(Math.round(strength * 1000) / 1000);
}

function rangeOf(...texts: [from: string, to: string, by: string]): number[] | string {
  const numbers = texts.map(parseStrength);
  const wrong = numbers.find(number => typeof number === 'string');
  if (wrong !== undefined) return `A range is written 0..8 by 2. ${wrong}`;
  const [from, to, by] = numbers as number[];
  const step = to >= from ? by : -Math.abs(by);
  if (by === 0 || (to >= from && by < 0)) return `The step leads from ${from} to ${to} only if it is above 0`;
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST) return tooMany(count);
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toFixed(6)));
}

function fewEnough(strengths: number[]): number[] | string {
  return strengths.length > MOST ? tooMany(strengths.length) : strengths;
}

const tooMany = (count: number) => `${count} strengths are too many to compare: ${MOST} at most`;
