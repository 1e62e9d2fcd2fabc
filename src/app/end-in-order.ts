import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { NamedEnds } from './named-ends.ts';
import type { Readiness } from './observe/readiness.ts';

export interface EndOptions {
  readonly readiness: Readiness;
  /** What answers others over HTTP. */
  readonly open: { finish(ms: number): Promise<void> };
  /** What sends to the swarm; a registry has none. */
  readonly transfer?: { sending(): number; finish(signal: AbortSignal): Promise<number> };
  /** How long what is under way may take; 1 unless told. */
  readonly seconds?: number | undefined;
  /** Everything that is to end then, whatever is under way. */
  readonly resources: NamedEnds;
  /** How long that may take; 10 unless told. */
  readonly disposeSeconds?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Ends a daemon: nothing new is begun, answers and leaves that are on their way out finish, but take no longer than they may; leaves that
 * are being written are written in any case. Resolves at the latest 10 s after that time, and says then what has not ended: the process
 * may be ended by force, as what is on disk is good at every moment.
 */
export async function endInOrder(options: EndOptions): Promise<void> {
  const { readiness, open, transfer, seconds = 1, resources, clock, log } = options;
  const began = clock.monotonic();
  readiness.stopping();
  log.info(`stopping: what is under way may finish, for at most ${seconds} s`, {
    event: 'stopping',
    leaves: transfer?.sending() ?? 0,
  });
  const over = new AbortController();
  let inTime = false;
  const cancel = clock.after(seconds * 1000, () => over.abort());
  try {
    const [cut = 0] = await Promise.all([transfer?.finish(over.signal), open.finish(seconds * 1000)]);
    if (cut > 0) log.warn(`${cut} parts of files were cut off on their way out`, { event: 'stop-cut-off' });
  } finally {
    cancel();
    inTime = await isDisposed(options);
  }
  if (inTime) return log.info('stopped', { event: 'stopped', ms: Math.round(clock.monotonic() - began) });
  const what = resources.ending ?? 'something';
  log.error(`${what} did not end in time: the process ends without it`, { event: 'stop-forced', what });
}

/** False when the time for it is over first. */
async function isDisposed({ resources, disposeSeconds = 10, clock }: EndOptions): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const cancel = clock.after(disposeSeconds * 1000, () => late.resolve(false));
  const ended = resources[Symbol.asyncDispose]().then(() => true);
  try {
    return await Promise.race([ended, late.promise]);
  } finally {
    cancel();
  }
}
