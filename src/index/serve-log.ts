import type { Jump, LogPage, LogRecord } from '../core/entry.ts';
import type { IndexId, PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';

/** What a follower asks for. */
export interface LogRequest {
  /** The index that `since` belongs to. */
  readonly index?: IndexId | undefined;
  /** The last number that the follower has; 0 for none. */
  readonly since: number;
  /** Most records wanted. */
  readonly limit: number;
  /** While it follows a snapshot: the floor on the snapshot's first page. */
  readonly floor?: number | undefined;
  /** Of who passes pages on: a page that was made when the log ended below this number is of no use. */
  readonly atLeast?: number | undefined;
}

/**
 * A page of an owner's log. Who names another index, or knows less than the floor, is answered from 0 and replaces all it
 * had; so is who stands within a jump. Within a snapshot it may be below the floor as long as nothing was pruned since the snapshot began. A page ends early where its
 * paths are long, so that whoever gets it needs little memory for it.
 */
export function serveLog(
  store: EntryQueries,
  owner: PeerId,
  request: LogRequest,
  maxRecords: number,
): LogPage {
  const { index, seq: last, floor, jumps = [] } = store.owner(owner)!;
  const knows = Math.max(request.since, request.floor ?? 0);
  const isGood = request.index === index && request.since <= last && knows >= floor;
  const since = isGood && !isWithin(jumps, request.since) ? request.since : 0;
  const limit = Math.max(1, Math.min(request.limit, maxRecords));
  const all = store.page(owner, since, limit);
  const records = all.slice(0, fitting(all));
  const reached = records.at(-1)?.seq ?? last;
  const isCut = records.length < all.length || all.length === limit;
  const told = jumps.filter(([, begins]) => begins > since);
  const page = { owner, index, floor, last, since, records, more: reached < last && isCut };
  return told.length > 0 ? { ...page, jumps: told } : page;
}

/** True for a number that this log never gave. */
export const isWithin = (jumps: readonly Jump[], number: number): boolean =>
  jumps.some(([after, begins]) => number > after && number < begins);

/** How many of these records one page takes; at least one. */
function fitting(records: readonly LogRecord[]): number {
  let bytes = 0;
  for (const [n, { path }] of records.entries()) {
    bytes += Buffer.byteLength(path);
    if (bytes > MAX_PAGE_PATH_BYTES) return Math.max(1, n);
  }
  return records.length;
}

/** Bytes of paths in one page: 2,000 of them have half a MiB in most folders. */
const MAX_PAGE_PATH_BYTES = 1024 * 1024;
