import type { EntryStore } from '../../core/ports/entry-store.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import { JOB_STATES } from '../../protocol/http/local/job-row.ts';
import type { Membership } from '../membership.ts';
import type { Transfer } from '../peer-transfer.ts';
import type { ShareService } from '../shares.ts';
import type { Metric } from './metric.ts';
import { transferMetrics } from './transfer-metrics.ts';

export interface PeerMetricsParts {
  readonly membership: Pick<Membership, 'status' | 'registryAnswers'>;
  readonly directory: PeerDirectory;
  readonly shares: Pick<ShareService, 'status'>;
  readonly entries: Pick<EntryStore, 'owners'>;
  readonly transfer: Transfer;
}

/** What a peer tells of itself, besides its disks. */
export function peerMetrics(parts: PeerMetricsParts): readonly Metric[] {
  const { membership, directory, shares, entries, transfer } = parts;
  const shared = (of: 'files' | 'bytes') => shares.status().reduce((sum, share) => sum + share[of], 0);
  const indexed = (of: 'files' | 'folders') => entries.owners().reduce((sum, owner) => sum + owner[of], 0);
  const gauge = { kind: 'gauge' } as const;
  return [
    {
      ...gauge,
      name: 'peerdex_registered',
      help: '1 while this peer holds a lease, as far as it knows.',
      read: () => (membership.status().registered ? 1 : 0),
    },
    {
      ...gauge,
      name: 'peerdex_registry_answers',
      help: '1 while the registry answered when it was asked last, be it by a refusal.',
      read: () => (membership.registryAnswers ? 1 : 0),
    },
    {
      ...gauge,
      name: 'peerdex_peers_active',
      help: 'Other peers that are active.',
      read: () => directory.active().length,
    },
    {
      ...gauge,
      name: 'peerdex_index_entries',
      help: 'Live entries of all peers in the index, this one and absent ones among them.',
      label: 'kind',
      read: () => ({ file: indexed('files'), folder: indexed('folders') }),
    },
    {
      ...gauge,
      name: 'peerdex_index_owners',
      help: 'Peers of which there are entries in the index.',
      read: () => entries.owners().length,
    },
    {
      ...gauge,
      name: 'peerdex_shares',
      help: 'Folders that this peer shares.',
      read: () => shares.status().length,
    },
    {
      ...gauge,
      name: 'peerdex_share_warnings',
      help: 'Warnings about shares, as `peerdex status` has them.',
      read: () => shares.status().reduce((sum, { warnings }) => sum + warnings.length, 0),
    },
    {
      ...gauge,
      name: 'peerdex_shared_files',
      help: 'Files that this peer offers.',
      read: () => shared('files'),
    },
    {
      ...gauge,
      name: 'peerdex_shared_bytes',
      help: 'Their bytes.',
      read: () => shared('bytes'),
    },
    {
      ...gauge,
      name: 'peerdex_jobs',
      help: 'Downloads that the peer remembers, by state.',
      label: 'state',
      read() {
        const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<string, number>;
        for (const { shown } of transfer.jobs.list()) counts[shown]! += 1;
        return counts;
      },
    },
    ...transferMetrics(transfer),
  ];
}
