import type { Clock } from '../../core/clock.ts';
import type { LogPage } from '../../core/entry.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { IndexId, PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { INDEX_LIMITS, type IndexLimits } from '../../core/limits/limits.ts';
import type { SignedPage } from '../../core/ports/page-store.ts';
import { reachOf } from '../../index/check-page.ts';
import { replacesAll } from '../../index/follow-log.ts';
import type { KeptPages } from '../../index/kept-pages.ts';
import { isWithin, type LogRequest } from '../../index/serve-log.ts';
import { runSteps } from '../steps.ts';
import type { Followed } from './followed.ts';

/** A page as it came: what it says, and as it was signed where it can be passed on. */
export interface FetchedPage {
  readonly page: LogPage;
  readonly signed?: SignedPage | undefined;
}

/** Asks `server` for a page of the owner's log; must end when the signal aborts, and within a time of its own. */
export type FetchPage = (
  server: KnownPeer,
  owner: PeerId,
  request: LogRequest,
  signal: AbortSignal,
) => Promise<FetchedPage>;

export interface PullOptions {
  readonly fetchPage: FetchPage;
  /** Where pages go that were taken in. */
  readonly kept?: KeptPages | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asked after each page. */
  readonly isWanted: () => boolean;
  readonly onPage: () => void;
  /** The owner itself gave a page of that log. */
  readonly onIndex: (index: IndexId) => void;
  /** What a page that somebody else kept must reach to be of use. */
  readonly atLeast?: ((asked: LogRequest) => number | undefined) | undefined;
  readonly pageRecords?: number | undefined;
  readonly limits?: Partial<IndexLimits> | undefined;
}

/**
 * Page after page from one server for one turn; true when the log was followed to its end, or is not wanted any more. A log that begins anew
 * again and again is given up for now, and so is one that tells more than any log can hold: neither may take the turns of others for ever.
 */
export async function pullLog(followed: Followed, server: KnownPeer, options: PullOptions): Promise<boolean> {
  const { fetchPage, kept, clock, signal, pageRecords = 2000 } = options;
  const { follower, id: owner } = followed;
  const isOwner = server.id === owner;
  let from = follower.cheapestStart(kept);
  if (!isOwner) {
    // Where its owner cannot be asked for a shorter one, a chain that is too long ends.
    if (from === 0) kept?.drop(owner);
    from = Number.POSITIVE_INFINITY;
  }
  for (const ends = clock.monotonic() + TURN_MS; clock.monotonic() <= ends; ) {
    signal.throwIfAborted();
    const own = follower.request(pageRecords, isOwner);
    const asked = isOwner ? startingAt(own, from) : { ...own, atLeast: options.atLeast?.(own) };
    const { page, signed } = await fetchPage(server, owner, asked, signal);
    if (!options.isWanted()) return true;
    noteTaken(followed, asked, page, options);
    const isRepeated = from > 0 && from < own.since && page.since === from && reachOf(page) <= own.since;
    if (isRepeated && reachOf(page) > from && page.last >= own.since) {
      // Only what is kept to be passed on becomes shorter by it.
      if (signed) kept?.keep(page, signed);
      from = reachOf(page);
      continue;
    }
    const more = await runSteps(follower.accept(from === 0 ? asked : own, page, STEP_RECORDS, server.id));
    if (isOwner) options.onIndex(page.index);
    if (signed) kept?.keep(page, signed);
    from = Number.POSITIVE_INFINITY;
    if (page.records.length > 0 || page.since !== own.since) options.onPage();
    if (!more) {
      followed.restarts = 0;
      followed.taken = 0;
      return true;
    }
  }
  return false;
}

const startingAt = (own: LogRequest, from: number): LogRequest =>
  from < own.since ? { ...own, since: from } : own;

/** Throws where a log has no end. */
function noteTaken(followed: Followed, asked: LogRequest, page: LogPage, options: PullOptions): void {
  const { limits, pageRecords = 2000 } = options;
  const isLost = isWithin(page.jumps ?? [], asked.since);
  if (asked.since > 0 && (isLost || replacesAll(asked, page))) followed.restarts += 1;
  if (followed.restarts > MAX_RESTARTS)
    throw new PeerdexError('limit', `the log of ${followed.id} begins anew all the time`);
  followed.taken += page.records.length;
  // A page whose records are all in place again and again makes no entry more, and so would never be too much.
  const most = TOLD_TIMES * (limits?.entries ?? INDEX_LIMITS.entries) + pageRecords;
  if (followed.taken > most) throw new PeerdexError('limit', `the log of ${followed.id} has no end`);
}

/** So long one log may be followed while others wait. */
const TURN_MS = 2000;
const STEP_RECORDS = 100;
const MAX_RESTARTS = 3;
/** A snapshot tells each entry once, and again what changes meanwhile. */
const TOLD_TIMES = 4;
