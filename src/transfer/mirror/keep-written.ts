import type { KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import type { LocalContents } from '../../core/ports/local-contents.ts';
import type { ItemParts } from '../fetch-item.ts';

/**
 * The same parts, by which every file that gets its name below `root` is told to `keep` at once. `stood`: where something stood before the
 * mirror began, which it may replace and not remove.
 */
export function keepWritten(
  parts: ItemParts,
  root: string,
  wanted: ReadonlyMap<string, MirrorWanted>,
  stood: ReadonlySet<string>,
  keep: (entries: readonly KeptEntry[]) => void,
): ItemParts {
  const { contents, small } = parts;
  const brought = (relative: string, here: KeptEntry['here']): KeptEntry[] => {
    const want = wanted.get(relative);
    const { size, mtime } = here;
    return want ? [{ ...want, here: { size, mtime }, brought: !stood.has(relative) }] : [];
  };
  const kept: LocalContents = {
    locate: (content) => contents.locate(content),
    suspect: (file) => contents.suspect(file),
    recordWritten(file) {
      if (file.root === root) keep(brought(file.relative, file));
      contents.recordWritten(file);
    },
  };
  if (!small) return { ...parts, contents: kept };
  const many: typeof small.contents = {
    locateEach: (wants) => small.contents.locateEach(wants),
    recordManyWritten(at, files) {
      if (at === root) keep(files.flatMap(({ relative, look }) => brought(relative, look)));
      small.contents.recordManyWritten(at, files);
    },
  };
  return { ...parts, contents: kept, small: { ...small, contents: many } };
}
