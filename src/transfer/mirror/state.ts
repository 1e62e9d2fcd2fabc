import type { Fate, KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import type { Standing } from '../../core/ports/destination-files.ts';

/** What a mirror's folder and the index are like at one moment, all by path below the folder. */
export interface MirrorState {
  readonly wanted: ReadonlyMap<string, MirrorWanted>;
  readonly kept: ReadonlyMap<string, KeptEntry>;
  /** What stands where something is wanted or kept. Absent: it is taken to be as it was kept. */
  readonly standing: ReadonlyMap<string, Standing>;
  readonly fateOf: (kept: KeptEntry) => Fate;
  readonly removes: boolean;
  /** So many files may be removed, however large a part of all they are. */
  readonly mayRemove: number;
}

export interface Aside {
  readonly relative: string;
  readonly reason: string;
  /** What to do about it, where moving it away is not it. */
  readonly hint?: string | undefined;
}

/** What is to be done. No path is in two of the lists, but for those of `remember`. */
export interface MirrorPlan {
  /** Nothing stands there. */
  readonly fetch: readonly MirrorWanted[];
  /** The file that stands there is as the mirror knows it, and older. */
  readonly replace: readonly { readonly wanted: MirrorWanted; readonly kept: KeptEntry }[];
  /** Only time or mode differ. */
  readonly touch: readonly { readonly wanted: MirrorWanted; readonly kept: KeptEntry }[];
  /** A file of the right size stands there that the mirror does not know: it is to be hashed. */
  readonly compare: readonly MirrorWanted[];
  /** To be known from now on; nothing is done. */
  readonly remember: readonly KeptEntry[];
  /** To be known no more; nothing is done. */
  readonly forget: readonly string[];
  /** Files before folders, what lies deeper before what it lies in. */
  readonly remove: readonly KeptEntry[];
  /** What stands there is left alone, though it is not what is wanted. */
  readonly aside: readonly Aside[];
  /** Deleted by its holders and altered here since: it is the user's own from now on. */
  readonly released: readonly string[];
  /** What cannot be put there before something else was removed. */
  readonly blocked: readonly string[];
  /** Files that are not removed before somebody says so, of how many. */
  readonly asks: { readonly files: number; readonly of: number; readonly anew: boolean } | undefined;
}

export const isUnaltered = ({ kind, here }: KeptEntry, stands: Standing): boolean =>
  stands.kind === kind && (kind === 'folder' || (stands.size === here.size && stands.mtime === here.mtime));

/** As it is taken to stand where nobody has looked. */
export const asKept = ({ kind, here }: KeptEntry): Standing => ({ kind, ...here });
