import { LEAF_BYTES } from '../../core/leaf-layout.ts';

/** Contents of a batch that are read and counted together: neighbours, at most one leaf's bytes. */
export interface Pack {
  /** Their places in the batch, rising. */
  readonly items: readonly number[];
  readonly bytes: number;
}

/** Packs the items that are left, in their order. `size`: of each item, at most one leaf; undefined of one that is not given. */
export function packsOf(sizes: readonly (number | undefined)[]): readonly Pack[] {
  const packs: { items: number[]; bytes: number }[] = [];
  for (const [item, size] of sizes.entries()) {
    if (size === undefined) continue;
    const last = packs.at(-1);
    if (last && last.bytes + size <= LEAF_BYTES) {
      last.items.push(item);
      last.bytes += size;
    } else packs.push({ items: [item], bytes: size });
  }
  return packs;
}
