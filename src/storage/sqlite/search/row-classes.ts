/** Sizes and times of files as the search index keeps them: coarse, rising with the value, so that a bound can be looked up. */

/** A quarter of a power of two: 0 to 212. */
export const sizeClass = (size: number): number => Math.min(255, Math.floor(Math.log2(size + 1) * 4));

/** The day since 1970 in UTC; what is before is that day, what is after 2149 the last one. */
export const dayOf = (milliseconds: number): number =>
  Math.max(0, Math.min(65_535, Math.floor(milliseconds / 86_400_000)));
