import type { ChunkColumns, Columns } from './chunk-columns.ts';
import type { Tiers } from './chunk-rows.ts';
import type { RowSet } from './row-set.ts';

/** Rows that look like one content. */
export interface Group {
  /** As `entries` has them, the likeliest first. */
  readonly numbers: number[];
  readonly tier: number;
}

/**
 * The rows of some chunks that `narrow` leaves in a set, by content, some thousand rows at a time, best first: by tier, and among equals of
 * one time by how many rows there are.
 */
export function* bestGroups(
  found: readonly Tiers[],
  columns: ChunkColumns,
  narrow: (columns: Columns, rows: RowSet) => void,
): Generator<Group[], void> {
  let groups = new Map<number, Group>();
  let looked = 0;
  for (const tier of [0, 1, 2]) {
    for (const { chunk, tiers } of found) {
      if (tiers[tier]!.empty) continue;
      const known = columns.of(chunk);
      narrow(known, tiers[tier]!);
      for (const row of tiers[tier]!.toArray()) {
        const number = chunk.first + known.numbers[row]!;
        const group = groups.get(known.contents[row]!);
        if (group) group.numbers.push(number);
        else groups.set(known.contents[row]!, { tier, numbers: [number] });
        looked += 1;
        if (looked < MOST_ROWS) continue;
        yield sorted(groups);
        groups = new Map();
        looked = 0;
      }
    }
  }
  yield sorted(groups);
}

const sorted = (groups: ReadonlyMap<number, Group>): Group[] =>
  [...groups.values()].sort((a, b) => a.tier - b.tier || b.numbers.length - a.numbers.length);

const MOST_ROWS = 4096;
