import type { FolderIdentity } from '../../core/ports/local-file-store.ts';
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

/** Begins a pass. `root`: the folder that the last one saw. */
export interface ScanRequest {
  readonly root: FolderIdentity | undefined;
}

/** Any number of batches, then one of the others. */
export type ScanReply =
  | { readonly reply: 'batch'; readonly changes: readonly ScanChange[] }
  | {
      readonly reply: 'end';
      readonly root: FolderIdentity;
      readonly links: number;
      readonly warnings: readonly string[];
    }
  | { readonly reply: 'unavailable' | 'failed'; readonly message: string };

export const BATCH_CHANGES = 200;
export const BATCHES_AHEAD = 4;
