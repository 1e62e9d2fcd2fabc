import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { Client } from '../../network/http/client.ts';
import type { GetEvent, GetRequest } from '../../protocol/http/local/get-events.ts';
import type { getOperations } from '../../protocol/http/local/get-operations.ts';
import { EVENT_PATIENCE } from '../event-patience.ts';
import { DoneFiles } from './done-files.ts';

/** What a `get` calls of the daemon. */
export type GetClient = Client<typeof getOperations>;

export type EventOf<Kind extends GetEvent['event']> = Extract<GetEvent, { event: Kind }>;

/** Who is told what happens to a `get`. */
export interface GetReporter {
  event(event: GetEvent): void;
  /** Nothing more comes; also called when following failed. */
  end(): void;
}

/** What came of a `get`. */
export interface GetOutcome {
  readonly done: DoneFiles;
  readonly failed: readonly EventOf<'failed'>[];
  /** Jobs that another command paused or cancelled. */
  readonly stopped: readonly EventOf<'state'>[];
  /** Wall time, seconds. */
  readonly seconds: number;
}

const PAUSE_MS = 2000;

/**
 * Starts the jobs of a `get` and reports until all have ended. When `signal` is aborted the jobs are paused and an error of code
 * `interrupted` says how to go on. Throws `unavailable` when the daemon goes away; its jobs go on when it is back. `load` gives whom to
 * report to, when there is something to report.
 */
export async function followGet(
  client: GetClient,
  request: GetRequest,
  load: () => Promise<GetReporter>,
  signal: AbortSignal,
): Promise<GetOutcome> {
  const started = performance.now();
  const jobs = new Set<string>();
  const done = new DoneFiles();
  const failed: EventOf<'failed'>[] = [];
  const stopped: EventOf<'state'>[] = [];
  let reporter: GetReporter | undefined;
  try {
    for await (const event of client.get({ body: request }, { signal, ...EVENT_PATIENCE })) {
      if (event.event === 'job') jobs.add(event.job);
      if (event.event === 'done' || event.event === 'together') done.take(event);
      if (event.event === 'failed') failed.push(event);
      if (event.event === 'state') stopped.push(event);
      reporter ??= await load();
      reporter.event(event);
      if (event.event === 'end') return { done, failed, stopped, seconds: secondsSince(started) };
    }
    throw new PeerdexError('unavailable', 'the answer ended too early');
  } catch (error) {
    if (signal.aborted) throw await pauseAll(client, [...jobs]);
    throw goneAway(error, jobs.size > 0, 'the download');
  } finally {
    reporter?.end();
  }
}

/** `what` goes on with the daemon. */
export function goneAway(error: unknown, begun: boolean, what: string): unknown {
  if (!(error instanceof PeerdexError) || error.code !== 'unavailable' || !begun) return error;
  return new PeerdexError('unavailable', `the peer daemon went away: ${error.message}`, {
    hint: `${what} goes on when the daemon is back: start it with \`peerdex up\``,
    cause: error,
  });
}

/** An error of code `interrupted`, which says how to go on. */
export async function pauseAll(client: GetClient, jobs: readonly string[]): Promise<PeerdexError> {
  const results = await Promise.allSettled(
    jobs.map((job) => client.pause({ params: { job } }, { timeoutMs: PAUSE_MS })),
  );
  const paused = jobs.filter((_, i) => results[i]?.status === 'fulfilled');
  const lost = results.find((result) => result.status === 'rejected' && isUnavailable(result.reason));
  if (lost) {
    return new PeerdexError(
      'interrupted',
      'interrupted; the daemon did not answer, so downloads may still run',
      {
        hint: '`peerdex jobs` lists them',
      },
    );
  }
  if (paused.length === 0) return new PeerdexError('interrupted', 'interrupted; nothing was left to pause');
  return new PeerdexError(
    'interrupted',
    `paused ${paused.length === 1 ? 'job' : 'jobs'} ${paused.join(', ')}`,
    {
      hint: paused
        .map((job) => `\`peerdex resume ${job}\` goes on, \`peerdex cancel ${job}\` ends it`)
        .join('; '),
    },
  );
}

const isUnavailable = (error: unknown): boolean => asPeerdexError(error).code === 'unavailable';
const secondsSince = (started: number): number => (performance.now() - started) / 1000;
