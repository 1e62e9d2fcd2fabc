import type { Clock } from '../core/clock.ts';
import type { IndexHead, LogPage } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { IndexId, PeerId } from '../core/ids.ts';
import { INDEX_LIMITS, type IndexLimits } from '../core/limits/limits.ts';
import type { Cursor, EntryStore, OwnerState } from '../core/ports/entry-store.ts';
import { checkPage, type PageSource, reachOf, refusedPage } from './check-page.ts';
import type { KeptPages } from './kept-pages.ts';
import { isWithin, type LogRequest } from './serve-log.ts';

export interface FollowOptions {
  readonly store: EntryStore;
  readonly owner: PeerId;
  readonly clock: Clock;
  /** What is kept of this owner, the usual unless told; a page that would exceed it is refused. */
  readonly limits?: Partial<IndexLimits> | undefined;
  /** The log that the owner has told the registry of: pages of it are taken from anybody. */
  readonly present?: (() => IndexId | undefined) | undefined;
}

/**
 * Follows another peer's log: `request`, then `accept` its answer and run the steps to the end, until `accept` says that it
 * is up to date. All that is known lies in the store, so it goes on after a crash between any two steps.
 */
export class LogFollower {
  readonly #options: FollowOptions;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** What to ask next: the owner itself, or somebody else, who may know that the owner has another log now. */
  request(limit: number, isOwner = true): LogRequest {
    const state = this.#state();
    const present = this.#options.present?.();
    if (!isOwner && present !== undefined && present !== (state?.snapshot?.index ?? state?.index))
      return { index: present, since: 0, limit };
    if (state?.snapshot) {
      const { index, seq, floor } = state.snapshot;
      return { index, since: seq, limit, floor };
    }
    return state ? { index: state.index, since: state.seq, limit } : { since: 0, limit };
  }

  /**
   * Takes an answer in, a bounded number of records a step; `server` is who gave it. Throws `verification` for a page that cannot be
   * right or is older than what is known, and `limit` for more entries than allowed, all before any of them is kept. Ends with true
   * when more is to be asked. A page that somebody else kept may begin before what was asked from.
   */
  *accept(
    asked: LogRequest,
    page: LogPage,
    stepRecords: number,
    server: PeerId = this.#options.owner,
  ): Generator<void, boolean> {
    const source = { owner: this.#options.owner, server };
    checkPage(source, asked, page);
    this.#refuseOld(source, page);
    if (page.index === asked.index && isWithin(page.jumps ?? [], asked.since)) {
      this.#replaceAll(page);
      return true;
    }
    const news = newsOf(asked, page);
    this.#begin(news);
    this.#checkRoom(news);
    for (let start = 0; start < news.records.length; start += stepRecords) {
      this.#keep(news, start, start + stepRecords);
      yield;
    }
    if (news.more) return true;
    yield* this.#finish(news);
    return false;
  }

  /** From where its owner is best asked, so that what is kept to be passed on stays short; infinite where nothing is to be gained. */
  cheapestStart(kept: KeptPages | undefined): number {
    const state = this.#state();
    if (!state || state.snapshot || !kept) return Number.POSITIVE_INFINITY;
    const from = kept.askFrom(state.owner, state.seq, state.records);
    return from < state.seq ? from : Number.POSITIVE_INFINITY;
  }

  /** True once any of the log was taken in. */
  get isKnown(): boolean {
    return this.#state() !== undefined;
  }

  /** True when the head says that there is more than what is known. */
  behind(head: IndexHead): boolean {
    const state = this.#state();
    return !state || state.snapshot !== undefined || state.index !== head.index || state.seq < head.seq;
  }

  #state(): OwnerState | undefined {
    return this.#options.store.owner(this.#options.owner);
  }

  /**
   * A signature holds for ever, so an old page may come again, from anybody. One that ends before what is known would take that back.
   * Two logs of one owner have no order, so that there is another one is learned from the owner itself, or from the registry that it told.
   */
  #refuseOld(source: PageSource, page: LogPage): void {
    const state = this.#state();
    if (!state) return;
    const { snapshot } = state;
    const now = snapshot?.index ?? state.index;
    if (page.index !== now && source.server !== source.owner && page.index !== this.#options.present?.())
      throw refusedPage(source, `it is of the log ${page.index} and not of ${now}`);
    const ends = [state, ...(snapshot ? [snapshot, { index: snapshot.index, seq: snapshot.last }] : [])];
    const known = Math.max(0, ...ends.filter(({ index }) => index === page.index).map(({ seq }) => seq));
    if (page.last < known)
      throw refusedPage(source, `it ends at ${page.last} and ${known} is known: it is an old one`);
  }

  /** What was known is of a past that the owner has lost: all of it is taken anew. */
  #replaceAll({ index, floor, last }: LogPage): void {
    const { store, owner, clock } = this.#options;
    store.beginSnapshot(owner, { index, seq: 0, floor, last }, clock.now());
  }

  /** An answer from 0 begins a snapshot, unless nothing is known that it could replace. */
  #begin({ index, since, floor, last }: LogPage): void {
    const { store, owner, clock } = this.#options;
    const now = clock.now();
    const state = this.#state();
    if (!state) {
      store.transaction(() => {
        store.addOwner(owner, { index, seq: 0, floor: 0 }, now);
        store.beginSnapshot(owner, { index, seq: 0, floor, last }, now);
      });
    } else if (since === 0 && (state.snapshot || state.seq > 0 || state.index !== index)) {
      store.beginSnapshot(owner, { index, seq: 0, floor, last }, now);
    } else if (!state.snapshot && (state.index !== index || state.seq !== since)) {
      throw new PeerdexError('conflict', `the log of ${owner} was followed twice at once`, { retry: true });
    }
  }

  #checkRoom({ records }: LogPage): void {
    const { owner, limits } = this.#options;
    const { entries: maxEntries, pathBytes: maxPathBytes } = { ...INDEX_LIMITS, ...limits };
    const { snapshot, seq, ...kept } = this.#state()!;
    // Until the sweep what a snapshot replaces is still there.
    const times = snapshot && seq > 0 ? 2 : 1;
    const pathBytes = records.reduce((sum, { path }) => sum + Buffer.byteLength(path), kept.pathBytes);
    const bytes = records.reduce((sum, { flag, size }) => sum + flag * size, kept.bytes);
    const isTooMuch = [
      kept.records + records.length > times * maxEntries && `${maxEntries} entries`,
      pathBytes > times * maxPathBytes && `${maxPathBytes} bytes of paths`,
      bytes >= times * MAX_BYTES && `${MAX_BYTES} bytes`,
    ];
    const most = isTooMuch.find((one) => one !== false);
    if (most === undefined) return;
    throw new PeerdexError('limit', `${owner} lists more than ${most}`, {
      hint: 'its index is not followed any further',
    });
  }

  #keep(page: LogPage, start: number, end: number): void {
    const { store, owner, clock } = this.#options;
    const now = clock.now();
    const records = page.records.slice(start, end);
    store.transaction(() => {
      store.put(owner, records, now);
      this.#advance(records.at(-1)!.seq, page.last, now);
    });
  }

  /** Within a snapshot the old position stands until the sweep is done: after a crash the snapshot goes on. */
  #advance(seq: number, last: number, now: number): void {
    const { store, owner } = this.#options;
    const state = this.#state()!;
    const position = state.snapshot
      ? { ...state, snapshot: { ...state.snapshot, seq, last } }
      : { ...state, seq };
    store.setPosition(owner, position, now);
  }

  *#finish({ index, last, floor }: LogPage): Generator<void> {
    const { store, owner, clock } = this.#options;
    if (this.#state()!.snapshot) {
      let from: Cursor | undefined;
      do {
        from = store.sweep(owner, SWEEP_ROWS, from);
        yield;
      } while (from !== undefined);
    }
    store.setPosition(owner, { index, seq: last, floor }, clock.now());
    while (store.dropDeletions(owner, floor, Number.MAX_SAFE_INTEGER, DROP_ROWS).length === DROP_ROWS) yield;
  }
}

/**
 * A page that begins before what was asked from, without what is known already. One from 0 is a snapshot all the same where nothing was asked
 * from, or where it may leave out deletions. Its end is no earlier than what is known, so what it repeats is as it stands.
 */
function newsOf(asked: LogRequest, page: LogPage): LogPage {
  if (page.since === asked.since || replacesAll(asked, page)) return page;
  return { ...page, since: asked.since, records: page.records.filter(({ seq }) => seq > asked.since) };
}

/** True for a page that begins a snapshot. */
export const replacesAll = (asked: LogRequest, page: LogPage): boolean =>
  page.since === 0 &&
  (asked.since === 0 ||
    page.index !== asked.index ||
    page.floor > Math.max(asked.since, asked.floor ?? 0) ||
    reachOf(page) <= asked.since);

/** Of all files: twice as much can still be counted. */
const MAX_BYTES = 2 ** 52;
const SWEEP_ROWS = 5000;
const DROP_ROWS = 200;
