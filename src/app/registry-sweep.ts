import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';

export interface SweepOptions {
  readonly sweeps: readonly (() => void)[];
  readonly clock: Clock;
  readonly leaseSeconds: number;
  readonly log: Log;
}

/** Ends leases, and whatever else ends by itself, in time: looks every second, more often where leases are short. Returns what stops it. */
export function sweepRegularly({ sweeps, clock, leaseSeconds, log }: SweepOptions): () => void {
  const everyMs = Math.min(1000, leaseSeconds * 100);
  let cancel = clock.after(everyMs, sweep);
  function sweep(): void {
    for (const one of sweeps) {
      try {
        one();
      } catch (error) {
        // A full disk: what could not be written now is tried again at the next look.
        log.error('cannot bring the directory up to date', { event: 'directory-not-written', error });
      }
    }
    cancel = clock.after(everyMs, sweep);
  }
  return () => cancel();
}
