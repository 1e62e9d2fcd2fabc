import type { Clock } from '../../core/clock.ts';
import type { LogPage } from '../../core/entry.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { INDEX_LIMITS, type IndexLimits } from '../../core/limits/limits.ts';
import type { LogRequest } from '../../index/serve-log.ts';
import { runSteps } from '../steps.ts';
import type { Followed } from './followed.ts';

/** Asks `server` for a page of the owner's log; must end when the signal aborts, and within a time of its own. */
export type FetchPage = (
  server: KnownPeer,
  owner: PeerId,
  request: LogRequest,
  signal: AbortSignal,
) => Promise<LogPage>;

export interface PullOptions {
  readonly fetchPage: FetchPage;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asked after each page. */
  readonly isWanted: () => boolean;
  readonly onPage: () => void;
  readonly pageRecords?: number | undefined;
  readonly limits?: Partial<IndexLimits> | undefined;
}

/**
 * Page after page for one turn; true when the log was followed to its end, or is not wanted any more. A log that begins anew again
 * and again is given up for now, and so is one that tells more than any log can hold: neither may take the turns of others for ever.
 */
export async function pullLog(followed: Followed, server: KnownPeer, options: PullOptions): Promise<boolean> {
  const { fetchPage, clock, signal, pageRecords = 2000, limits } = options;
  const most = TOLD_TIMES * (limits?.entries ?? INDEX_LIMITS.entries) + pageRecords;
  const { follower, id: owner } = followed;
  for (const ends = clock.monotonic() + TURN_MS; clock.monotonic() <= ends; ) {
    signal.throwIfAborted();
    const asked = follower.request(pageRecords);
    const page = await fetchPage(server, owner, asked, signal);
    if (!options.isWanted()) return true;
    if (asked.since > 0 && page.since === 0) followed.restarts += 1;
    if (followed.restarts > MAX_RESTARTS) throw new Error('its log begins anew all the time');
    followed.taken += page.records.length;
    // A page whose records are all in place again and again makes no entry more, and so would never be too much.
    if (followed.taken > most) throw new PeerdexError('limit', `the log of ${owner} has no end`);
    const more = await runSteps(follower.accept(asked, page, STEP_RECORDS, server.id));
    if (page.records.length > 0 || page.since !== asked.since) options.onPage();
    if (!more) {
      followed.restarts = 0;
      followed.taken = 0;
      return true;
    }
  }
  return false;
}

/** So long one log may be followed while others wait. */
const TURN_MS = 2000;
const STEP_RECORDS = 100;
const MAX_RESTARTS = 3;
/** A snapshot tells each entry once, and again what changes meanwhile. */
const TOLD_TIMES = 4;
