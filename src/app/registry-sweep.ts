import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { LeaseTable } from '../registry/lease-table.ts';

export interface SweepOptions {
  readonly table: LeaseTable;
  readonly clock: Clock;
  readonly leaseSeconds: number;
  readonly log: Log;
}

/** Ends leases in time: looks every second, more often where leases are short. Returns what stops it. */
export function sweepRegularly({ table, clock, leaseSeconds, log }: SweepOptions): () => void {
  const everyMs = Math.min(1000, leaseSeconds * 100);
  let cancel = clock.after(everyMs, sweep);
  function sweep(): void {
    try {
      table.sweep();
    } catch (error) {
      // A full disk: what could not be written now is tried again at the next look.
      log.error('cannot bring the directory up to date', { error });
    }
    cancel = clock.after(everyMs, sweep);
  }
  return () => cancel();
}
