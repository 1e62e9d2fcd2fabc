import { statfs } from 'node:fs/promises';
import { formatAddress } from '../../core/address.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import type { networkOperations } from '../../protocol/http/dashboard/network-operations.ts';
import type { ownOperations } from '../../protocol/http/dashboard/own-operations.ts';
import type { careOperations } from '../../protocol/http/local/care-operations.ts';
import type { Throughput } from '../live/throughput.ts';
import type { LocalParts } from '../local/local-parts.ts';
import { realPathOf } from '../real-paths.ts';
import { VERSION } from '../version.ts';
import { FolderLister } from './folder-list.ts';
import type { NetworkCare } from './network-care.ts';

const FREE_WAIT_MS = 1000;

/** What only the dashboard asks about the own peer. */
export function ownHandlers(
  parts: LocalParts,
  throughput: Throughput,
  isRegistry: boolean,
): Handlers<typeof ownOperations> {
  const { addresses, started, downloads, membership, role, shares } = parts;
  const lister = new FolderLister();
  const free = freeBytes(downloads);
  return {
    about: async () => ({
      version: VERSION,
      started: new Date(started).toISOString(),
      addresses: addresses().map(formatAddress),
      downloads: realPathOf(downloads),
      free: await free(),
      registry: membership.link?.addresses.map(formatAddress) ?? [],
      role: role() ?? null,
      isRegistry,
    }),
    throughput: () => ({ hour: [...throughput.hour], day: [...throughput.day] }),
    async folders({ query: { path, hidden } }) {
      const listed = await lister.list(path, hidden);
      const shared = new Set(shares.status().map((share) => share.path));
      return {
        ...listed,
        folders: listed.folders.map((folder) => ({ ...folder, shared: shared.has(folder.path) })),
      };
    },
  };
}

/** Likewise about the network; it takes the place of what a peer asks its registry. */
export const networkHandlers = (
  care: NetworkCare,
): Handlers<typeof networkOperations> & Handlers<typeof careOperations> => ({
  networkHealth: () => care.health(),
  networkEvents: () => ({ events: [...care.events()] }),
  networkPeers: async () => ({ peers: [...(await care.peers())] }),
  invite: ({ body }) => care.invite(body),
  invites: () => care.invites(),
  revoke: ({ body }) => care.revoke(body),
  withdraw: ({ params }) => care.withdraw(params.id),
});

/** One question at a time, and none is waited for long: a disk may not answer. */
function freeBytes(folder: string): () => Promise<number | null> {
  let underWay: Promise<number | null> | undefined;
  return async () => {
    underWay ??= statfs(folder)
      .then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      )
      .finally(() => {
        underWay = undefined;
      });
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), FREE_WAIT_MS);
    try {
      return await Promise.race([underWay, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
