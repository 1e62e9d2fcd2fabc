import { PeerdexError } from '../core/errors.ts';
import type { NetworkId, PeerId } from '../core/ids.ts';
import type { NetworkMode } from '../core/join-link.ts';
import type { Log } from '../core/ports/log.ts';
import type { Role } from '../core/trust/role.ts';
import type { Handlers, RequestContext } from '../network/http/handlers.ts';
import type { DirectoryPeer } from '../protocol/http/directory-peer.ts';
import type { LeaseGrant, registryOperations } from '../protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../protocol/version.ts';
import type { Admission } from '../registry/admission.ts';
import type { ChangeFeed } from '../registry/change-feed.ts';
import type { ListedLease } from '../registry/directory-listing.ts';
import type { Grant, LeaseTable } from '../registry/lease-table.ts';
import { adminHandlers } from './registry-admin.ts';
import type { RegistryCare } from './registry-local/registry-care.ts';
import { takeBrought } from './trust/agree-on-revocations.ts';
import type { RefusalLines } from './trust/refusal-lines.ts';
import type { Sessions } from './trust/sessions.ts';
import { VERSION } from './version.ts';

export interface RegistryHandlersOptions {
  readonly network: NetworkId;
  readonly mode: NetworkMode;
  readonly table: LeaseTable;
  readonly feed: ChangeFeed;
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly care: RegistryCare;
  readonly log: Log;
  readonly refused: RefusalLines;
}

/** What a registry answers. All but the first two steps of signing in is for members. */
export function registryHandlers(options: RegistryHandlersOptions): Handlers<typeof registryOperations> {
  const { network, mode, table, feed, admission, sessions, care, log, refused } = options;
  const ownLease = (id: PeerId, context: RequestContext): void => {
    if (sessions.memberOf(context).peer === id) return;
    throw new PeerdexError('forbidden', 'a peer may change its own lease only');
  };
  const roleOf = (peer: PeerId): Role => admission.member(peer)?.role ?? 'fetch';
  const withPapers = (id: PeerId, grant: Grant, ticketEnds: number | undefined): LeaseGrant => {
    const ticket = admission.ticketIfDue(id, ticketEnds, grant.name);
    const { rival, ...rest } = grant;
    return {
      ...rest,
      ...(rival && { rival: [...rival] }),
      ...(ticket !== undefined && { ticket }),
      revocations: admission.number,
    };
  };
  return {
    ...sessions.handlers(),
    ...adminHandlers({ admission, sessions, care, log }),
    network: async () => ({ id: network, mode, protocol: PROTOCOL_VERSION, version: VERSION }),
    async register({ params: { id }, body }, context) {
      ownLease(id, context);
      if (body.protocol !== PROTOCOL_VERSION) {
        const error = new PeerdexError(
          'unsupported',
          versionMismatch('the peer', body.protocol, 'this registry'),
        );
        refused(`${id} was not registered`, error, context.remote);
        throw error;
      }
      return withPapers(id, table.register({ ...body, id }), body.ticketEnds);
    },
    async renew({ params: { id }, body }, context) {
      ownLease(id, context);
      return withPapers(id, table.renew(id, body), body.ticketEnds);
    },
    async leave({ params: { id }, query: { nonce } }, context) {
      ownLease(id, context);
      table.leave(id, nonce);
    },
    async list({ query: { state = 'active' } }, context) {
      sessions.memberOf(context);
      const peers = table.list(state).map((one) => directoryPeer(one, roleOf(one.lease.id)));
      log.info(`listed ${peers.length} ${state === 'active' ? 'active' : 'remembered'} peers`, {
        event: 'peers-listed',
        remote: context.remote,
      });
      return { epoch: table.epoch, version: table.version, peers };
    },
    async changes({ query: { epoch, since, wait = 0 } }, context) {
      sessions.memberOf(context);
      const answer = await feed.wait({ epoch, since, waitMs: wait * 1000 }, context.signal);
      return {
        ...answer,
        revocations: admission.number,
        peers: answer.peers.map((one) => directoryPeer(one, roleOf(one.lease.id))),
      };
    },
    async revocations(_input, context) {
      sessions.memberOf(context);
      return { list: admission.number === 0 ? null : admission.revocations() };
    },
    async bringRevocations({ body: { list } }, context) {
      const { peer } = sessions.memberOf(context);
      if (takeBrought(() => admission.adopt(list)))
        log.warn(`took a newer list of revocations over from ${peer}`, {
          event: 'revocations-taken-over',
          peer,
        });
    },
  };
}

/** As others see it: without the nonce, with times as text. */
export function directoryPeer({ lease, registrations }: ListedLease, role: Role): DirectoryPeer {
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
    role,
  };
}

const iso = (time: number): string => new Date(time).toISOString();
