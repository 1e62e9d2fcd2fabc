import type { BatchRun } from '../../core/ports/source.ts';
import type { SmallContent } from '../../core/small-content.ts';
import type { Pack } from './packs.ts';
import type { WantedItems } from './wanted-items.ts';

/** Contents that are neighbours in the list. */
export interface Run extends BatchRun {
  /** The one after the last. */
  readonly end: number;
}

/** What is wanted of a pack that was read into this buffer, neighbours in one piece. */
export function runsOf(
  { items, bytes }: Pack,
  isWhole: boolean,
  buffer: Buffer,
  all: readonly SmallContent[],
  wanted: WantedItems,
): readonly Run[] {
  const first = items[0]!;
  const last = items[items.length - 1]!;
  if (isWhole && last - first === items.length - 1)
    return [{ leaf: first, end: last + 1, bytes: buffer.subarray(0, bytes) }];
  const runs: { leaf: number; end: number; from: number; to: number }[] = [];
  let at = 0;
  for (const item of items) {
    const end = at + all[item]!.size;
    const run = runs.at(-1);
    if (wanted.has(item)) {
      if (run?.end === item && run.to === at) Object.assign(run, { end: item + 1, to: end });
      else runs.push({ leaf: item, end: item + 1, from: at, to: end });
    }
    at = end;
  }
  return runs.map(({ leaf, end, from, to }) => ({ leaf, end, bytes: buffer.subarray(from, to) }));
}
