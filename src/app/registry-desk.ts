import { type Address, formatAddress } from '../core/address.ts';
import type { NetworkId } from '../core/ids.ts';
import type { NetworkMode } from '../core/join-link.ts';
import type { NetworkEvent } from '../protocol/http/dashboard/network-operations.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import type { Admission } from '../registry/admission.ts';
import type { ChangeFeed } from '../registry/change-feed.ts';
import type { LeaseEvent, LeaseTable } from '../registry/lease-table.ts';
import type { Comings } from './dashboard/comings.ts';
import type { NetworkCare } from './dashboard/network-care.ts';
import type { LeaseEventCounts } from './observe/registry-metrics.ts';
import { directoryPeer } from './registry-handlers.ts';
import type { RegistryCare } from './registry-local/registry-care.ts';
import { VERSION } from './version.ts';

export interface RegistryDeskParts {
  readonly network: NetworkId;
  readonly mode: NetworkMode;
  readonly table: LeaseTable;
  readonly feed: ChangeFeed;
  readonly admission: Admission;
  readonly counts: LeaseEventCounts;
  readonly comings: Comings;
  readonly care: RegistryCare;
  readonly addresses: () => readonly Address[];
  /** Milliseconds since 1970. */
  readonly started: number;
}

/** The care of a network for a peer in the registry's own process. */
export function registryDesk(parts: RegistryDeskParts): NetworkCare {
  const { network, mode, table, feed, admission, counts, comings, care, started } = parts;
  return {
    ...care,
    async peers() {
      return table
        .list('all')
        .map((one) => directoryPeer(one, admission.member(one.lease.id)?.role ?? 'fetch'));
    },
    health: async () => ({
      ...{ id: network, mode, version: VERSION, protocol: PROTOCOL_VERSION, milliseconds: 0 },
      addresses: parts.addresses().map(formatAddress),
      counts: {
        since: iso(started),
        members: admission.members().length,
        waiting: feed.waiting,
        ...counts.counts,
      },
    }),
    events: () => comings.all(),
    onEvent: (listener) => comings.onEvent(listener),
  };
}

/** Undefined for what is no coming and no going. */
export function comingOf({ kind, lease }: LeaseEvent, now: number): NetworkEvent | undefined {
  const { id: peer, name, firstRegistered, lastRegistered } = lease;
  const told = { at: iso(now), peer, name };
  if (kind === 'registered') return { ...told, kind: firstRegistered === lastRegistered ? 'joined' : 'came' };
  if (kind === 'evicted') return { ...told, kind: 'revoked' };
  return kind === 'left' || kind === 'lapsed' ? { ...told, kind } : undefined;
}

const iso = (time: number): string => new Date(time).toISOString();
