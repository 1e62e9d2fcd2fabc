/** Contents of a batch that are read and counted together: neighbours, so many bytes at most. */
export interface Pack {
  /** Their places in the batch, rising. */
  readonly items: readonly number[];
  readonly bytes: number;
}

/**
 * Packs the items that are left, in their order. `sizes`: of each item, at most one leaf; undefined of one that is not given. `most`: bytes
 * in a pack, at least one leaf's.
 */
export function packsOf(sizes: readonly (number | undefined)[], most: number): readonly Pack[] {
  const packs: { items: number[]; bytes: number }[] = [];
  for (const [item, size] of sizes.entries()) {
    if (size === undefined) continue;
    const last = packs.at(-1);
    if (last && last.bytes + size <= most) {
      last.items.push(item);
      last.bytes += size;
    } else packs.push({ items: [item], bytes: size });
  }
  return packs;
}
