import { formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { Membership } from '../membership.ts';
import { Comings } from './comings.ts';
import type { NetworkCare } from './network-care.ts';

/** The care of a network whose registry runs elsewhere, in this peer's name: the registry looks at its role. */
export function memberCare(membership: Membership, clock: Clock): NetworkCare & Disposable {
  const comings = new Comings();
  const stop = watchComings(membership, comings, clock);
  return {
    peers: async () => (await membership.ask((registry) => registry.list({ query: { state: 'all' } }))).peers,
    async health() {
      const began = clock.monotonic();
      const { id, mode, version, protocol } = await membership.ask((registry) => registry.network());
      const milliseconds = clock.monotonic() - began;
      const addresses = membership.link?.addresses.map(formatAddress) ?? [];
      return { ...{ id, mode, version, protocol, addresses, milliseconds }, counts: null };
    },
    events: () => comings.all(),
    onEvent: (listener) => comings.onEvent(listener),
    invite: (body) => membership.ask((registry) => registry.invite({ body })),
    invites: () => membership.ask((registry) => registry.invites()),
    revoke: (body) => membership.ask((registry) => registry.revoke({ body })),
    withdraw: (id) => membership.ask((registry) => registry.withdraw({ params: { id } })),
    [Symbol.dispose]: stop,
  };
}

/** A directory tells who is active, and not why somebody is no longer. */
function watchComings(membership: Membership, comings: Comings, clock: Clock): () => void {
  const active = new Set<PeerId>();
  let stop: (() => void) | undefined;
  let ended = false;
  // Who was there before is no news.
  void membership.listed.then(() => {
    if (ended) return;
    for (const { id } of membership.active()) active.add(id);
    stop = membership.onChange((changed) => comings.add(changed.flatMap((peer) => eventOf(peer))));
  });
  const eventOf = ({ id, name, active: isActive }: KnownPeer) => {
    if (active.has(id) === isActive) return [];
    if (isActive) active.add(id);
    else active.delete(id);
    const at = new Date(clock.now()).toISOString();
    return [{ at, kind: isActive ? ('came' as const) : ('went' as const), peer: id, name }];
  };
  return () => {
    ended = true;
    stop?.();
  };
}
