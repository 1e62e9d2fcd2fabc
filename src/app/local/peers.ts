import { formatAddress } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { PeerRow } from '../../protocol/http/local/index-rows.ts';
import type { LocalParts } from './local-parts.ts';

/** Active peers, this one first, the others by name. */
export function peers(parts: LocalParts): { peers: PeerRow[] } {
  const others = parts.directory.active().map((peer) => otherRow(peer, parts));
  return { peers: [ownRow(parts), ...others.toSorted((a, b) => (a.name < b.name ? -1 : 1))] };
}

export const ownRow = (parts: LocalParts): PeerRow => ({
  id: parts.self,
  name: parts.name(),
  address: formatAddress(parts.addresses()[0]!),
  ...counts(parts.self, parts),
  since: new Date(parts.started).toISOString(),
  self: true,
});

export const otherRow = (peer: KnownPeer, parts: Pick<LocalParts, 'entries'>): PeerRow => ({
  id: peer.id,
  name: peer.name,
  address: peer.addresses[0] ? formatAddress(peer.addresses[0]) : '',
  ...counts(peer.id, parts),
  since: new Date(peer.since).toISOString(),
  self: false,
});

/** What the index knows of what it shares. */
function counts(id: PeerId, { entries }: Pick<LocalParts, 'entries'>): { files: number; bytes: number } {
  const { files = 0, bytes = 0 } = entries.owner(id) ?? {};
  return { files, bytes };
}
