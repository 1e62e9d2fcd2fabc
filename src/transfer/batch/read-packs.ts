import type {
  FilePlace,
  LocalContents,
  LocalFile,
  ManyLocalContents,
} from '../../core/ports/local-contents.ts';
import type { SmallFiles } from '../../core/ports/small-files.ts';
import type { SmallContent } from '../../core/small-content.ts';
import type { Pack } from './packs.ts';

export interface ReadPacksParts {
  readonly contents: Pick<LocalContents, 'suspect'> & Pick<ManyLocalContents, 'locateEach'>;
  readonly files: Pick<SmallFiles, 'read'>;
}

/** A content of a pack that cannot be had: the system's code, `changed`, or undefined where it lies nowhere any more. */
export interface Unread {
  readonly item: number;
  readonly problem: string | undefined;
}

/**
 * Reads packs into their buffers: each content from the place that is known, or, where it is not there as it should be, from any other.
 * Returns those that cannot be had. What does not look as it should is looked at again.
 */
export async function readPacks(
  packs: readonly Pack[],
  buffers: readonly Buffer[],
  items: readonly SmallContent[],
  places: readonly (FilePlace | undefined)[],
  { contents, files }: ReadPacksParts,
): Promise<readonly Unread[]> {
  const reads = packs.map((pack, i) => ({
    files: pack.items.map((item) => [places[item]!]),
    buffer: buffers[i]!,
  }));
  const misses = await files.read(reads);
  if (misses.length === 0) return [];
  const missed = misses.map(({ read, file, problems }) => {
    const own = packs[read]!.items;
    const item = own[file]!;
    const from = own.slice(0, file).reduce((sum, before) => sum + items[before]!.size, 0);
    const buffer = buffers[read]!.subarray(from, from + items[item]!.size);
    return { item, problem: problems.at(-1), buffer };
  });
  const wanted = missed.map(({ item }) => items[item]!);
  const others = fittingPlaces(wanted, contents).map((all, i) => {
    const tried = places[missed[i]!.item]!;
    const isTried = ({ root, relative }: LocalFile) => root === tried.root && relative === tried.relative;
    for (const file of all.filter(isTried)) contents.suspect(file);
    return all.filter((file) => !isTried(file));
  });
  const again = await files.read(missed.map(({ buffer }, i) => ({ files: [others[i]!], buffer })));
  const outcomes = new Map(again.map((miss) => [miss.read, miss]));
  return missed.flatMap(({ item, problem }, i) => {
    const outcome = outcomes.get(i);
    for (const at of outcome?.problems.keys() ?? []) contents.suspect(others[i]![at]!);
    if (!outcome || outcome.place !== undefined) return [];
    return [{ item, problem: outcome.problems.at(-1) ?? problem }];
  });
}

/** Of each content, every place where it should lie, of those that are as long as it is said to be. */
export function fittingPlaces(
  wanted: readonly SmallContent[],
  contents: Pick<ManyLocalContents, 'locateEach'>,
): readonly (readonly LocalFile[])[] {
  const each = contents.locateEach(wanted.map(({ content }) => content));
  return each.map((files, i) => files.filter(({ size }) => size === wanted[i]!.size));
}
