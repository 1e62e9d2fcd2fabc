import { formatAddress } from '../../core/address.ts';
import type { JOB_STATES } from '../../protocol/http/local/job-row.ts';
import type { Status } from '../../protocol/http/local/status.ts';
import type { LocalParts } from './local-parts.ts';

/** This peer in one document. */
export function status({
  self,
  name,
  addresses,
  membership,
  shares,
  entries,
  directory,
  transfer,
  data,
  indexWarnings,
  indexComing,
}: LocalParts): Status {
  const { network, mode, registered, reason } = membership.status();
  const active = new Set([self, ...directory.active().map(({ id }) => id)]);
  const owners = entries.owners().filter(({ owner }) => active.has(owner));
  const jobs = transfer.jobs.list();
  const count = (state: (typeof JOB_STATES)[number]) => jobs.filter(({ shown }) => shown === state).length;
  const mirrors = jobs
    .filter(({ mirror, state }) => mirror && state !== 'cancelled')
    .map(({ id, what, root, shown, why }) => ({
      job: id,
      what,
      to: root,
      state: shown,
      reason: why ?? null,
    }));
  return {
    peer: { id: self, name: name(), address: formatAddress(addresses()[0]!) },
    network: { id: network ?? null, mode: mode ?? null, registered, reason: reason ?? null },
    shares: shares.status().map((share) => ({ ...share, warnings: [...share.warnings] })),
    index: {
      entries: owners.reduce((sum, { files, folders }) => sum + files + folders, 0),
      peers: active.size,
      warnings: [...indexWarnings()],
      coming: indexComing(),
    },
    jobs: {
      queued: count('queued'),
      running: count('running'),
      waiting: count('waiting'),
      paused: count('paused'),
      done: count('done'),
      failed: count('failed'),
      cancelled: count('cancelled'),
    },
    ...(mirrors.length > 0 ? { mirrors } : {}),
    rates: {
      up: Math.round(transfer.upMeter.rate),
      down: jobs.reduce((sum, { rate }) => sum + rate, 0),
    },
    data,
  };
}
