import type { LeaseRecord, PeerAnnouncement } from '../core/lease.ts';

/** A lease that begins now, or anew. `version`: of the directory, with this change. */
export const registeredLease = (
  announcement: PeerAnnouncement,
  known: LeaseRecord | undefined,
  { now, leaseEnds, version }: { readonly now: number; readonly leaseEnds: number; readonly version: number },
): LeaseRecord => ({
  ...plainAnnouncement(announcement),
  firstRegistered: known?.firstRegistered ?? now,
  lastRegistered: now,
  lastSeen: now,
  leaseEnds,
  active: true,
  version,
});

/**
 * What a directory keeps of a peer that is no member any more: it is inactive, so that others see it gone, and its name is free. It
 * bears its own id instead, which is no name that is ever handed out. `version`: of the directory, with this change.
 */
export const evictedLease = (lease: LeaseRecord, now: number, version: number): LeaseRecord => ({
  ...lease,
  name: lease.id,
  active: false,
  leaseEnds: Math.min(lease.leaseEnds, now),
  version,
});

/** A lease that is over. A peer that will not come back is forgotten but for that it is gone. `version`: as above. */
export const endedLease = (lease: LeaseRecord, version: number): LeaseRecord =>
  lease.passing ? evictedLease(lease, lease.leaseEnds, version) : { ...lease, active: false, version };

/** Only what belongs there, whatever else a message carried. */
const plainAnnouncement = ({
  id,
  name,
  addresses,
  nonce,
  head,
  files,
  bytes,
  passing,
}: PeerAnnouncement): PeerAnnouncement => ({
  id,
  name,
  addresses: addresses.map(({ host, port }) => ({ host, port })),
  nonce,
  head: head && { index: head.index, seq: head.seq },
  files,
  bytes,
  ...(passing && { passing }),
});
