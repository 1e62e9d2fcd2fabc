import type { PeerId } from '../ids.ts';
import type { LeaseRecord } from '../lease.ts';

/** A remembered peer and how often it registered: times by day, days counted from 1970 (UTC). */
export interface StoredLease {
  readonly lease: LeaseRecord;
  readonly registrations: ReadonlyMap<number, number>;
}

/** A directory as it is kept between two starts. */
export interface StoredDirectory {
  /** 16 lower-case hex digits, drawn when the directory was made. */
  readonly epoch: string;
  /** Version of the last change. */
  readonly version: number;
  readonly leases: readonly StoredLease[];
}

/** What changes together: all of it is kept or nothing. */
export interface LeaseWrite {
  readonly version: number;
  /** New or replaced. */
  readonly leases?: readonly LeaseRecord[];
  /** One registration of a peer, kept or given in `leases`, on a day. */
  readonly registered?: { readonly id: PeerId; readonly day: number };
  /** Removed with their registrations. */
  readonly forgotten?: readonly PeerId[];
  /** Registrations of earlier days are dropped. */
  readonly firstDay?: number;
}

/** Where a registry keeps its directory. */
export interface LeaseStore {
  /** Everything. A new store takes `epoch` as its own. */
  load(epoch: string): StoredDirectory;
  write(change: LeaseWrite): void;
}
