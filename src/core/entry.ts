import type { ContentId, IndexId, PeerId } from './ids.ts';
import type { IndexPath } from './index-path.ts';

export type EntryKind = 'file' | 'folder';

/** One file or folder of one peer as its log has it. */
export interface Entry {
  readonly path: IndexPath;
  readonly kind: EntryKind;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  readonly executable: boolean;
  /** Absent for folders and for deleted entries. */
  readonly content?: ContentId | undefined;
  /** 1 live, 0 deleted. */
  readonly flag: 0 | 1;
}

/** An entry with its place in its owner's log: numbers only grow, the newest record of a path is the one that counts. */
export interface LogRecord extends Entry {
  readonly seq: number;
}

/** How far an owner's log goes. */
export interface IndexHead {
  readonly index: IndexId;
  /** Last sequence number; 0 for an empty log. */
  readonly seq: number;
}

/** Numbers between the two were never given: at a start the log went on with the second after the first. */
export type Jump = readonly [after: number, begins: number];

/** A stretch of one owner's log. */
export interface LogPage {
  readonly owner: PeerId;
  readonly index: IndexId;
  /** Deletions up to this number may be missing: who knows less needs a snapshot. */
  readonly floor: number;
  /** The owner's head when the page was made. */
  readonly last: number;
  /** The number that was asked from. */
  readonly since: number;
  /** Sequence numbers above `since`, rising. */
  readonly records: readonly LogRecord[];
  /** False on the page that reaches `last`. */
  readonly more: boolean;
  /** The jumps that end above `since`, rising: who stands within one knows a past of the log that was lost. */
  readonly jumps?: readonly Jump[] | undefined;
}

/** An entry and whose it is. */
export interface OwnedEntry extends LogRecord {
  readonly owner: PeerId;
}
