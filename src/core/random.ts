/** Injected so that selection can be repeated from a seed. */
export interface Random {
  /** From 0 (included) to 1 (excluded). */
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };

/** Whole number from 0 to `below` - 1. */
export const randomInt = (random: Random, below: number): number => Math.floor(random.next() * below);

/** So many of these, each once, in no order; all where there are no more. */
export function drawn<T>(from: Iterable<T>, most: number, random: Random): T[] {
  const all = [...from];
  const count = Math.min(most, all.length);
  for (let i = 0; i < count; i += 1) {
    const j = i + randomInt(random, all.length - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}

/** `value` ± `share` of it, evenly. */
export const jitter = (random: Random, value: number, share: number): number =>
  value * (1 - share + 2 * share * random.next());

/** mulberry32 by Tommy Ettinger (public domain): small, fast, repeatable; not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
