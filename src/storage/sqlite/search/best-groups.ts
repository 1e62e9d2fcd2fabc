import type { ChunkColumns } from './chunk-columns.ts';
import type { Tiers } from './chunk-rows.ts';

/** Rows that look like one content. */
export interface Group {
  readonly tier: number;
  /** How many rows. */
  copies: number;
  /** Of some of them, as `entries` has them. */
  readonly numbers: number[];
}

/**
 * The rows of some chunks by content, best first: by tier, and among equals by how many there are. Where there are more than some
 * thousand, those of the best tiers; then `cut`.
 */
export function bestGroups(
  found: readonly Tiers[],
  columns: ChunkColumns,
): { groups: Group[]; cut: boolean } {
  const groups = new Map<number, Group>();
  const sorted = () => [...groups.values()].sort((a, b) => a.tier - b.tier || b.copies - a.copies);
  let looked = 0;
  for (const tier of [0, 1, 2]) {
    for (const { chunk, tiers } of found) {
      const rows = tiers[tier]!;
      if (rows.empty) continue;
      const { numbers, contents } = columns.of(chunk);
      for (const row of rows) {
        if (looked === MOST_ROWS) return { groups: sorted(), cut: true };
        looked += 1;
        const number = chunk.first + numbers[row]!;
        const group = groups.get(contents[row]!);
        if (!group) groups.set(contents[row]!, { tier, copies: 1, numbers: [number] });
        else {
          group.copies += 1;
          if (group.numbers.length < MOST_NUMBERS) group.numbers.push(number);
        }
      }
    }
  }
  return { groups: sorted(), cut: false };
}

const MOST_ROWS = 8192;
/** The entries of one content that are read: their names may differ. */
const MOST_NUMBERS = 8;
