import { PeerdexError } from '../core/errors.ts';
import type { NetworkId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { Handlers } from '../network/http/handlers.ts';
import type { DirectoryPeer, registryOperations } from '../protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../protocol/version.ts';
import type { ChangeFeed } from '../registry/change-feed.ts';
import type { LeaseTable, ListedLease } from '../registry/lease-table.ts';
import { VERSION } from './version.ts';

export interface RegistryHandlersOptions {
  readonly network: NetworkId;
  readonly table: LeaseTable;
  readonly feed: ChangeFeed;
  readonly log: Log;
}

/** What a registry answers. */
export function registryHandlers({
  network,
  table,
  feed,
  log,
}: RegistryHandlersOptions): Handlers<typeof registryOperations> {
  return {
    network: async () => ({ id: network, mode: 'plaintext', protocol: PROTOCOL_VERSION, version: VERSION }),

    async register({ params: { id }, body }, { remote }) {
      if (body.protocol !== PROTOCOL_VERSION) {
        log.info(`refused ${id}: it speaks protocol version ${body.protocol}`, { remote });
        throw new PeerdexError('unsupported', versionMismatch('this peer', body.protocol));
      }
      return table.register({ ...body, id });
    },

    renew: async ({ params: { id }, body }) => table.renew(id, body),

    async leave({ params: { id }, query: { nonce } }) {
      table.leave(id, nonce);
    },

    async list({ query: { state = 'active' } }, { remote }) {
      const peers = table.list(state).map(directoryPeer);
      log.info(`listed ${peers.length} ${state === 'active' ? 'active' : 'remembered'} peers`, { remote });
      return { epoch: table.epoch, version: table.version, peers };
    },

    async changes({ query: { epoch, since, wait = 0 } }, { signal }) {
      const answer = await feed.wait({ epoch, since, waitMs: wait * 1000 }, signal);
      return { ...answer, peers: answer.peers.map(directoryPeer) };
    },
  };
}

/** As others see it: without the nonce, with times as text. */
function directoryPeer({ lease, registrations }: ListedLease): DirectoryPeer {
  return {
    id: lease.id,
    name: lease.name,
    addresses: [...lease.addresses],
    active: lease.active,
    firstRegistered: iso(lease.firstRegistered),
    lastRegistered: iso(lease.lastRegistered),
    lastSeen: iso(lease.lastSeen),
    leaseEnds: iso(lease.leaseEnds),
    registrations,
    ...(lease.head ? { head: lease.head } : {}),
    files: lease.files,
    bytes: lease.bytes,
  };
}

const iso = (time: number): string => new Date(time).toISOString();
