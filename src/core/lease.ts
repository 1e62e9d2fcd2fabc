import type { Address } from './address.ts';
import type { IndexHead } from './entry.ts';
import type { PeerId } from './ids.ts';

/** Seconds that a registration holds without renewal, and after how many of them a peer renews. */
export const DEFAULT_LEASE_SECONDS = 90;
export const RENEWALS_PER_LEASE = 3;
/** A peer unseen for so long is forgotten, with its name and its entries. */
export const FORGET_AFTER_MS = 30 * 24 * 3600 * 1000;
/** The window in which registrations are counted. */
export const REGISTRATION_WINDOW_MS = 30 * 24 * 3600 * 1000;

/** What a peer says of itself when it registers or renews. */
export interface PeerAnnouncement {
  readonly id: PeerId;
  readonly name: string;
  /** Best first; at least one. */
  readonly addresses: readonly Address[];
  /** Drawn at random at each start of the peer: tells two daemons that run with one key apart. Never handed out. */
  readonly nonce: string;
  readonly head?: IndexHead | undefined;
  readonly files: number;
  readonly bytes: number;
  /** True when this peer will not come back once its lease has ended. Never handed out. */
  readonly passing?: boolean | undefined;
}

/** What a registry keeps of a peer. Times are milliseconds since 1970. */
export interface LeaseRecord extends PeerAnnouncement {
  readonly firstRegistered: number;
  readonly lastRegistered: number;
  /** Last registration or renewal. */
  readonly lastSeen: number;
  /** When the lease ends or ended. */
  readonly leaseEnds: number;
  readonly active: boolean;
  /** Version of the directory in which this record last changed. */
  readonly version: number;
}
