import type { Address } from '../../core/address.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { DirectoryPeer } from '../../protocol/http/directory-peer.ts';
import { cleanName } from '../../registry/names.ts';

/** What a registry tells of a peer, made harmless; undefined when nothing usable is left. `now`: milliseconds since 1970. */
export function toldPeer(peer: DirectoryPeer, now: number): KnownPeer | undefined {
  const addresses = peer.addresses.filter(isPlain).map(({ host, port }) => ({ host, port }));
  if (addresses.length === 0) return undefined;
  return {
    id: peer.id,
    name: cleanName(peer.name),
    addresses,
    active: peer.active,
    since: timeOf(peer.lastRegistered, now),
    lastSeen: peer.active ? now : timeOf(peer.lastSeen, now),
    head: peer.head && { index: peer.head.index, seq: peer.head.seq },
    files: peer.files,
    bytes: peer.bytes,
    role: peer.role,
  };
}

const isPlain = ({ host }: Address): boolean => /^[\p{L}\p{N}._:%-]+$/u.test(host);

/** A registry's clock may be wrong; nothing is later than now. */
function timeOf(text: string, now: number): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? now : Math.min(Math.max(time, 0), now);
}
