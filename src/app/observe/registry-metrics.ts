import type { Admission } from '../../registry/admission.ts';
import type { ChangeFeed } from '../../registry/change-feed.ts';
import type { LeaseEvent, LeaseTable } from '../../registry/lease-table.ts';
import type { Metric } from './metric.ts';

export interface RegistryMetricsParts {
  readonly table: LeaseTable;
  readonly feed: ChangeFeed;
  readonly admission: Admission;
  readonly events: LeaseEventCounts;
}

/** How often each thing happened to leases since the start. */
export class LeaseEventCounts {
  readonly counts: Record<LeaseEvent['kind'], number> = {
    registered: 0,
    renewed: 0,
    left: 0,
    lapsed: 0,
    evicted: 0,
    forgotten: 0,
  };

  add({ kind }: LeaseEvent): void {
    this.counts[kind] += 1;
  }
}

/** What a registry tells of itself, besides its disk. */
export function registryMetrics({ table, feed, admission, events }: RegistryMetricsParts): readonly Metric[] {
  return [
    {
      name: 'peerdex_registry_peers',
      help: 'Peers that the registry remembers: those whose lease runs, and those that are away.',
      kind: 'gauge',
      label: 'state',
      read() {
        const active = table.list('active').length;
        return { active, away: table.size - active };
      },
    },
    {
      name: 'peerdex_registry_lease_events_total',
      help: 'What happened to leases.',
      kind: 'counter',
      label: 'kind',
      read: () => events.counts,
    },
    {
      name: 'peerdex_registry_directory_version',
      help: 'Number of the newest change of the directory.',
      kind: 'gauge',
      read: () => table.version,
    },
    {
      name: 'peerdex_registry_waiting_polls',
      help: 'Long polls that wait for a change.',
      kind: 'gauge',
      read: () => feed.waiting,
    },
    {
      name: 'peerdex_registry_open_invites',
      help: 'Join links that still admit somebody.',
      kind: 'gauge',
      read: () => admission.invites.open().length,
    },
    {
      name: 'peerdex_registry_members',
      help: 'Members of the network, active or not.',
      kind: 'gauge',
      read: () => admission.members().length,
    },
    {
      name: 'peerdex_registry_revocations_number',
      help: 'Number of the newest list of revocations.',
      kind: 'gauge',
      read: () => admission.number,
    },
  ];
}
