import type { EntryKind } from './entry.ts';
import type { PeerdexError } from './errors.ts';
import type { ContentId, IndexId, PeerId } from './ids.ts';
import type { IndexPath } from './index-path.ts';

/** How a job that is a mirror keeps its folder equal to what it mirrors. */
export interface MirrorOptions {
  /** What its holders delete is removed here too. */
  readonly removes: boolean;
  /** Also more than half of all at once, and what is missing from an index that began anew. */
  readonly removesAll: boolean;
  /** It ends when all is equal. */
  readonly once: boolean;
  /** Of its folder, where that has been seen: another one may be what an unplugged drive leaves behind. */
  readonly inode?: bigint | undefined;
}

/** The entry that an item of a mirror came from. */
export interface Origin {
  readonly owner: PeerId;
  readonly path: IndexPath;
  /** The log that had it. */
  readonly index: IndexId;
}

/** One round of a mirror that has ended. */
export interface MirrorPass {
  /** Milliseconds since 1970. */
  readonly ended: number;
  readonly equal: boolean;
  /** The first things that are left as they are, though they are not what is wanted there. */
  readonly left: readonly { readonly relative: string; readonly reason: string }[];
  /** How many more there are. */
  readonly more: number;
}

/** Something that is to stand in a mirror's folder. */
export interface MirrorWanted {
  /** Below the mirror's folder, `/` between components, every component a checked plain name. */
  readonly relative: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Absent for folders. */
  readonly content?: ContentId | undefined;
  /** Nanoseconds since 1970, as its holder tells; 0 for a folder. */
  readonly mtime: bigint;
  readonly executable: boolean;
  readonly origin: Origin;
}

/** What a mirror is to hold. */
export interface Mirrored {
  readonly wanted: readonly MirrorWanted[];
  /** Names that stand for different things, which are not in `wanted`: below the mirror's folder, and why. */
  readonly clashes: readonly { readonly relative: string; readonly error: PeerdexError }[];
}

/** Something that stands in a mirror's folder, as it was when the mirror brought it or found it. */
export interface KeptEntry extends MirrorWanted {
  /** How the file looked here then: its time may differ from the one that its holder tells. */
  readonly here: { readonly size: number; readonly mtime: bigint };
  /** The mirror put it there. False for what stood there already. */
  readonly brought: boolean;
}

/**
 * What the index says of an entry that is not wanted any more. `deleted`: its owner's log has deleted it, or is known whole and has it no
 * more. `listed`: it is still there, or its owner is away. `unproven`: it is missing from a log that began anew.
 */
export type Fate = 'deleted' | 'listed' | 'unproven';
