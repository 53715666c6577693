import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * The generator of a seed. Studies use neighbouring seeds (seed + i), and xoroshiro, being linear, starts alike for them:
 * first draws of seeds 1…4000 are correlated up to .47. The seed is mixed first (the finaliser of MurmurHash3).
 */
export function seededRandom(seed: number): RandomGenerator {
  let mixed = (seed + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return xoroshiro128plus((mixed ^ (mixed >>> 16)) | 0);
}
