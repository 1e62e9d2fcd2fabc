import type { RootIdentity } from '../../core/ports/local-file-store.ts';
import type { FolderPrint } from '../../core/ports/scan-memory.ts';
import type { ScanChange } from '../../index/compare-folder.ts';

/** What a scan worker is started with. */
export interface ScanSetup {
  /** The peer's database file. */
  readonly database: string;
  readonly share: { readonly id: number; readonly name: string; readonly path: string };
  /** Absolute paths of folders that are not shared. */
  readonly exclude: readonly string[];
  /** Two 32-bit counters: batches that were taken in, and folders that were walked. */
  readonly control: SharedArrayBuffer;
}

/** Begins a pass. */
export interface ScanRequest {
  /** The folder that the last one saw. */
  readonly root: RootIdentity | undefined;
  /** 32 hex digits, for a root that needs a marker and has none. */
  readonly marker: string;
  /** Looks at these folders below the root and at what is new in them only. */
  readonly only?: readonly string[] | undefined;
}

/** A pass that came to its end. */
export interface ScanEnd {
  readonly reply: 'end';
  readonly root: RootIdentity;
  readonly links: number;
  /** Sentences. */
  readonly warnings: readonly string[];
  readonly folders: number;
  /** Files and folders. */
  readonly items: number;
  /** Folders that are drives of their own, those that are away among them. */
  readonly mounts: readonly string[];
  /** Folders below the root that could not be read, the first MAX_UNREAD of them. */
  readonly unread: readonly string[];
  /** New folders with folders in them were found. */
  readonly trees: boolean;
}

/** Any number of batches, then one of the others. */
export type ScanReply =
  | {
      readonly reply: 'batch';
      readonly changes: readonly ScanChange[];
      readonly prints: readonly FolderPrint[];
    }
  | ScanEnd
  | { readonly reply: 'unavailable' | 'failed'; readonly message: string };

/** Changes, or prints. */
export const BATCH_SIZE = 200;
export const BATCHES_AHEAD = 4;
export const MAX_UNREAD = 1000;
