import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Readiness } from './observe/readiness.ts';

export interface EndOptions {
  readonly readiness: Readiness;
  /** What answers others over HTTP. */
  readonly open: { finish(ms: number): Promise<void> };
  /** What sends to the swarm; a registry has none. */
  readonly transfer?: { sending(): number; finish(signal: AbortSignal): Promise<number> };
  /** How long what is under way may take; 1 unless told. */
  readonly seconds?: number | undefined;
  /** Ends everything, whatever is under way. */
  readonly dispose: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Ends a daemon: nothing new is begun, answers and leaves that are on their way out finish, but take no longer than they may; leaves that
 * are being written are written in any case.
 */
export async function endInOrder(options: EndOptions): Promise<void> {
  const { readiness, open, transfer, seconds = 1, dispose, clock, log } = options;
  const began = clock.monotonic();
  readiness.stopping();
  log.info(`stopping: what is under way may finish, for at most ${seconds} s`, {
    event: 'stopping',
    leaves: transfer?.sending() ?? 0,
  });
  const over = new AbortController();
  const cancel = clock.after(seconds * 1000, () => over.abort());
  try {
    const [cut = 0] = await Promise.all([transfer?.finish(over.signal), open.finish(seconds * 1000)]);
    if (cut > 0) log.warn(`${cut} parts of files were cut off on their way out`, { event: 'stop-cut-off' });
  } finally {
    cancel();
    await dispose();
  }
  log.info('stopped', { event: 'stopped', ms: Math.round(clock.monotonic() - began) });
}
