import type { Transfer } from '../peer-transfer.ts';
import type { Metric } from './metric.ts';

/** What goes to and comes from other peers. */
export function transferMetrics(transfer: Transfer): readonly Metric[] {
  const { tally, upMeter, up, down, budgets, swarm, lingering } = transfer;
  return [
    {
      name: 'peerdex_download_bytes_total',
      help: 'Bytes of files that came from other peers, verified and written.',
      kind: 'counter',
      read: () => tally.bytes,
    },
    {
      name: 'peerdex_download_leaves_total',
      help: 'Pieces of 256 KiB that came from other peers, verified and written.',
      kind: 'counter',
      read: () => tally.leaves,
    },
    {
      name: 'peerdex_download_copied_bytes_total',
      help: 'Bytes of files that were wanted and copied from other files of this machine.',
      kind: 'counter',
      read: () => tally.copiedBytes,
    },
    {
      name: 'peerdex_download_bad_leaves_total',
      help: 'Pieces that were not what their hash says, and were thrown away.',
      kind: 'counter',
      read: () => tally.badLeaves,
    },
    {
      name: 'peerdex_source_bans_total',
      help: 'Peers that were banned as sources for a while.',
      kind: 'counter',
      read: () => tally.bans,
    },
    {
      name: 'peerdex_upload_bytes_total',
      help: 'Bytes of files that went out, to other peers and by links.',
      kind: 'counter',
      read: () => upMeter.total,
    },
    {
      name: 'peerdex_rate_limit_bytes_per_second',
      help: 'Limits that hold now; a direction without one is absent.',
      kind: 'gauge',
      label: 'direction',
      read() {
        const limits = { up: up.limiter.rate, down: down.limiter.rate };
        return Object.fromEntries(Object.entries(limits).filter(([, rate]) => rate !== undefined)) as Record<
          string,
          number
        >;
      },
    },
    {
      name: 'peerdex_transfer_memory_bytes',
      help: 'Memory that the buffers of transfers take now.',
      kind: 'gauge',
      label: 'direction',
      read: () => ({ up: budgets.upload.used, down: budgets.download.used }),
    },
    {
      name: 'peerdex_transfer_memory_limit_bytes',
      help: 'Most memory that they may take.',
      kind: 'gauge',
      label: 'direction',
      read: () => ({ up: budgets.upload.total, down: budgets.download.total }),
    },
    {
      name: 'peerdex_swarm_connections',
      help: 'Swarm connections with other peers, dialled and accepted.',
      kind: 'gauge',
      read: () => swarm.connections,
    },
    {
      name: 'peerdex_lingering_contents',
      help: 'Fetched contents that others still fetch from here.',
      kind: 'gauge',
      read: () => lingering.count,
    },
  ];
}
