import { InvalidArgumentError } from 'commander';

/** A whole number within bounds; commander turns the error into a usage error. */
export function whole(least = Number.NEGATIVE_INFINITY) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(
        least > Number.NEGATIVE_INFINITY
          ? `A whole number from ${least} on is needed.`
          : 'A whole number is needed.',
      );
    }
    return value;
  };
}

/** Any finite number within bounds. */
export function real(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
      throw new InvalidArgumentError(
        'A number is needed' + (most < Number.POSITIVE_INFINITY ? ` from ${least} to ${most}.` : '.'),
      );
    }
    return value;
  };
}

/** Whole numbers separated by commas. */
export function wholeList(text: string): number[] {
  return text.split(',').map(part => whole()(part));
}

/** Numbers separated by commas. */
export function realList(text: string): number[] {
  return text.split(',').map(part => real()(part));
}

/** `all` or layer numbers separated by commas. */
export function layerList(text: string): number[] | 'all' {
  return text === 'all' ? 'all' : [...new Set(wholeList(text))].sort((a, b) => a - b);
}
