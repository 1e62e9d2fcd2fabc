import type { Handlers } from '../../network/http/handlers.ts';
import type { shareOperations, VerifyEvent } from '../../protocol/http/local/share-operations.ts';
import type { ShareService } from '../shares.ts';
import type { Verification } from '../verify/verification.ts';
import type { VerifyEvent as RunEvent } from '../verify/verify-run.ts';
import { EventQueue } from './event-queue.ts';

const ALIVE_MS = 1000;

/** The care of what is shared, as clients ask for it. */
export const shareHandlers = ({
  verification,
}: ShareService): Handlers<Pick<typeof shareOperations, 'verify' | 'verification'>> => ({
  verify: ({ body }, { signal }) => verify(verification, body.share, signal),
  verification: () => ({
    shares: verification.progress().map(({ began, ended, ...progress }) => ({
      ...progress,
      began: timeOf(began),
      ended: timeOf(ended),
    })),
  }),
});

const timeOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

/** Tells what comes of it until all of it has ended, or the caller goes. */
async function* verify(
  verification: Verification,
  share: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<VerifyEvent> {
  const events = new EventQueue<VerifyEvent>();
  const runs = verification.begin(share);
  let open = runs.length;
  const unwatch = runs.map((run) =>
    run.watch((event) => {
      events.push(told(event));
      if (event.event === 'done' || event.event === 'failed') open -= 1;
    }),
  );
  const alive = setInterval(() => events.push({ event: 'alive' }), ALIVE_MS);
  try {
    while (!signal.aborted) {
      yield* events.drain();
      if (open === 0) break;
      await events.next(signal);
    }
    if (open === 0) yield { event: 'end' };
  } finally {
    clearInterval(alive);
    for (const end of unwatch) end();
  }
}

const told = (event: RunEvent): VerifyEvent =>
  event.event === 'rotten' ? { ...event, found: event.found ?? null } : event;
