import type { Fate, KeptEntry, Mirrored, MirrorWanted } from '../../core/mirror.ts';
import type { MirrorFiles } from '../../core/ports/mirror-files.ts';
import type { MirrorStore } from '../../core/ports/mirror-store.ts';

/** What mirrors ask of the index. */
export interface MirrorSource {
  /** Undefined where nobody who is active has it. Throws what says why it cannot be told. */
  read(what: string): Promise<Mirrored | undefined>;
  fateOf(kept: KeptEntry): Fate;
  /** Whether the index of somebody whose entries these are is being read anew just now. */
  isUnderWay(wanted: readonly MirrorWanted[]): boolean;
  /** Who may have it and is away, in words for people. */
  whoIsAway(what: string): string | undefined;
  /** Calls back when the index or who is active has changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** What mirrors need beside what downloads need. */
export interface MirrorParts {
  readonly source: MirrorSource;
  readonly store: MirrorStore;
  readonly files: MirrorFiles;
  /** Throws `conflict` for places below a root that nothing may be put at. */
  readonly checkPlaces: (root: string, relatives: Iterable<string>) => void;
}
