import { formatAddress } from '../core/address.ts';
import type { Log } from '../core/ports/log.ts';
import type { LeaseEvent } from '../registry/lease-table.ts';

/** One line a message that the registry got, and one for what time brought. */
export function logLeaseEvent(log: Log, { kind, lease }: LeaseEvent): void {
  const where = lease.addresses.map(formatAddress).join(', ');
  const who = `${lease.name} (${shortId(lease.id)})`;
  const peer = { event: `peer-${kind}`, peer: lease.id } as const;
  const holds = {
    ...peer,
    files: lease.files,
    bytes: lease.bytes,
    ...(lease.head ? { head: lease.head.seq } : {}),
  };
  switch (kind) {
    case 'registered':
      return log.info(`registered ${who} at ${where}`, holds);
    case 'renewed':
      return log.info(`renewed ${who}`, holds);
    case 'left':
      return log.info(`left: ${who} at ${where}`, peer);
    case 'lapsed':
      return log.info(`lapsed: ${who} at ${where} did not renew its lease`, peer);
    case 'evicted':
      return log.info(`evicted: ${who} at ${where} is no member any more`, peer);
    case 'forgotten':
      return log.info(`forgot ${who}`, peer);
  }
}

export const shortId = (id: string): string => `${id.slice(0, 12)}…`;
