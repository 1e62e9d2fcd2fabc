import type { EntryKind, Jump, LogRecord, OwnedEntry } from '../entry.ts';
import type { ContentId, IndexId, PeerId } from '../ids.ts';
import type { IndexPath } from '../index-path.ts';

/** How far a snapshot that replaces an owner's entries has come. */
export interface SnapshotProgress {
  readonly index: IndexId;
  /** All records of the snapshot up to this number are in. */
  readonly seq: number;
  /** The owner's floor when the snapshot began: it can only be continued while the floor stays there. */
  readonly floor: number;
  /** The owner's last number on the newest page of the snapshot: a page that ends before it is older. */
  readonly last: number;
}

/** Where an owner's log stands here. */
export interface LogPosition {
  readonly index: IndexId;
  /** Own log: the last number given. Others: every record up to here is known. */
  readonly seq: number;
  /** Deletions up to this number may be missing. */
  readonly floor: number;
  readonly snapshot?: SnapshotProgress | undefined;
  /** Own log only: its jumps above the floor, rising. */
  readonly jumps?: readonly Jump[] | undefined;
}

/** What is kept of one owner. The counts are of live entries, `records` and `pathBytes` of everything. */
export interface OwnerState extends LogPosition {
  readonly owner: PeerId;
  /** Milliseconds since 1970 when something of it was last written. */
  readonly updated: number;
  readonly files: number;
  readonly bytes: number;
  readonly folders: number;
  readonly records: number;
  /** UTF-8 bytes of all paths. */
  readonly pathBytes: number;
}

/** A place in a walk over entries; opaque, and good for the call that gave it only. */
export type Cursor = string;

/** A stretch of a walk. Without `next` the walk is at its end. */
export interface Stretch<T> {
  readonly items: readonly T[];
  readonly next?: Cursor | undefined;
}

/** A name that is looked for: all of `parts` occur in it, folded, or it begins and ends as told, exactly. */
export type NameQuery =
  | { readonly parts: readonly string[] }
  | { readonly start: string; readonly end: string; readonly kind: EntryKind };

/** Whose entries count. */
export type Owners = Pick<ReadonlySet<PeerId>, 'has'>;

/** Where a content lies. */
export interface ContentPlace {
  readonly owner: PeerId;
  readonly path: string;
}

/** Reading, of every owner's entries. `limit` bounds what one call returns and so how long it takes. */
export interface EntryQueries {
  owners(): readonly OwnerState[];
  owner(owner: PeerId): OwnerState | undefined;
  /** The newest record of a path, deleted or not. */
  entry(owner: PeerId, path: IndexPath): LogRecord | undefined;
  /** Records above `since`, by rising number. */
  page(owner: PeerId, since: number, limit: number): readonly LogRecord[];
  /** Deletions above `since` and up to a number, by rising number. */
  deletions(owner: PeerId, since: number, upTo: number, limit: number): readonly LogRecord[];
  /** Live entries directly in a folder ('' lists the shares), by name. */
  children(owner: PeerId, folder: string, limit: number, from?: Cursor): Stretch<LogRecord>;
  /** Live entries anywhere below a folder, without itself. */
  below(owner: PeerId, folder: string, limit: number, from?: Cursor): Stretch<LogRecord>;
  /** Live files of that content that these owners list. */
  byContent(content: ContentId, owners: Owners, limit: number): readonly OwnedEntry[];
  /** Of each of these contents one place of each owner that lists it. */
  placesOfEach(contents: readonly ContentId[]): readonly (readonly ContentPlace[])[];
  /** Of each of these contents the owners of its live files, each once; where those are the same, mostly in one list. */
  ownersOfEach(contents: readonly ContentId[]): readonly (readonly PeerId[])[];
  /** Live entries of exactly that name. */
  byName(name: string, kind: EntryKind, limit: number, from?: Cursor): Stretch<OwnedEntry>;
  /** Live entries (files unless the query says otherwise) that fit; one call looks at `limit` entries at most. */
  matching(query: NameQuery, limit: number, from?: Cursor): Stretch<OwnedEntry>;
  /** Every file record of every owner, live or deleted. */
  rows(limit: number, from?: Cursor): Stretch<OwnedEntry>;
}

/** The entries of all owners, this peer among them. One record a path: the one written last. */
export interface EntryStore extends EntryQueries {
  /** All writes of `work` or none. */
  transaction<T>(work: () => T): T;
  /** An owner without entries. Nothing when it is there already. */
  addOwner(owner: PeerId, position: LogPosition, now: number): void;
  /**
   * Keeps records of an owner that is there; `now` stamps them. Counts follow. `fresh`: paths of which who calls has read in the same
   * transaction that they have no record.
   */
  put(owner: PeerId, records: readonly LogRecord[], now: number, fresh?: ReadonlySet<IndexPath>): void;
  setPosition(owner: PeerId, position: LogPosition, now: number): void;
  /** From now on what is put is marked as new; what was there before is not. */
  beginSnapshot(owner: PeerId, progress: SnapshotProgress, now: number): void;
  /** Looks at `limit` entries of the owner, or of all, and removes those of it that were not put since `beginSnapshot`; where to go on. */
  sweep(owner: PeerId, limit: number, from?: Cursor): Cursor | undefined;
  /** Removes at most `limit` deletions up to a number, and only those stamped before `stampedBefore`; the numbers removed. */
  dropDeletions(owner: PeerId, upTo: number, stampedBefore: number, limit: number): readonly number[];
  /** Removes at most `limit` entries, with the last one the owner itself; true when all is gone. */
  dropOwner(owner: PeerId, limit: number): boolean;
}
