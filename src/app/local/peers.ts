import { formatAddress } from '../../core/address.ts';
import type { PeerRow } from '../../protocol/http/local/answers.ts';
import type { LocalParts } from './local-parts.ts';

/** Active peers, this one first, the others by name. What they share is what the index knows of it. */
export function peers({ self, name, addresses, started, entries, directory }: LocalParts): {
  peers: PeerRow[];
} {
  const counts = (id: string) => {
    const { files = 0, bytes = 0 } = entries.owner(id) ?? {};
    return { files, bytes };
  };
  const others = directory.active().map((peer) => ({
    id: peer.id,
    name: peer.name,
    address: peer.addresses[0] ? formatAddress(peer.addresses[0]) : '',
    ...counts(peer.id),
    since: new Date(peer.since).toISOString(),
    self: false,
  }));
  const own = {
    id: self,
    name: name(),
    address: formatAddress(addresses()[0]!),
    ...counts(self),
    since: new Date(started).toISOString(),
    self: true,
  };
  return { peers: [own, ...others.toSorted((a, b) => (a.name < b.name ? -1 : 1))] };
}
