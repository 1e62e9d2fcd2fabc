import type { LeaseRecord } from '../core/lease.ts';
import { firstCountedDay, isGone, type Remembered } from './remembered-peers.ts';

/** A peer as the directory shows it. */
export interface ListedLease {
  readonly lease: LeaseRecord;
  /** Times registered in the last 30 days. */
  readonly registrations: number;
}

export interface ListingQuery {
  readonly state: 'active' | 'all';
  /** Those only that changed after this version; negative: the whole directory, as for somebody who knows nothing yet. */
  readonly aboveVersion: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the directory shows of these. That a peer is gone for good is told to who may have known it, and to nobody else. */
export function listing(
  peers: readonly Remembered[],
  { state, aboveVersion, now }: ListingQuery,
): readonly ListedLease[] {
  const firstDay = firstCountedDay(now);
  return peers
    .filter(({ lease }) => lease.version > aboveVersion && (state === 'all' || lease.active))
    .filter(({ lease }) => aboveVersion >= 0 || !isGone(lease))
    .map(({ lease, days }) => ({
      lease,
      registrations: [...days].reduce((sum, [day, times]) => (day >= firstDay ? sum + times : sum), 0),
    }));
}
