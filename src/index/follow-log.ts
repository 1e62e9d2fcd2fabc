import type { Clock } from '../core/clock.ts';
import type { IndexHead, LogPage } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { INDEX_LIMITS, type IndexLimits } from '../core/limits/limits.ts';
import type { Cursor, EntryStore, OwnerState } from '../core/ports/entry-store.ts';
import { checkPage, type PageSource, refusedPage } from './check-page.ts';
import type { LogRequest } from './serve-log.ts';

export interface FollowOptions {
  readonly store: EntryStore;
  readonly owner: PeerId;
  readonly clock: Clock;
  /** What is kept of this owner, the usual unless told; a page that would exceed it is refused. */
  readonly limits?: Partial<IndexLimits> | undefined;
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

  /** What to ask next. */
  request(limit: number): LogRequest {
    const state = this.#state();
    if (state?.snapshot) {
      const { index, seq, floor } = state.snapshot;
      return { index, since: seq, limit, floor };
    }
    return state ? { index: state.index, since: state.seq, limit } : { since: 0, limit };
  }

  /**
   * Takes an answer in, a bounded number of records a step; `server` is who gave it. Throws `verification` for a page that cannot be
   * right or is older than what is known, and `limit` for more entries than allowed, all before any of them is kept. Ends with true
   * when more is to be asked.
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
    this.#begin(page);
    this.#checkRoom(page);
    for (let start = 0; start < page.records.length; start += stepRecords) {
      this.#keep(page, start, start + stepRecords);
      yield;
    }
    if (page.more) return true;
    yield* this.#finish(page);
    return false;
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
   * Two logs of one owner have no order, so that there is another one is learned from the owner itself.
   */
  #refuseOld(source: PageSource, page: LogPage): void {
    const state = this.#state();
    if (!state) return;
    const { snapshot } = state;
    const now = snapshot?.index ?? state.index;
    if (page.index !== now && source.server !== source.owner)
      throw refusedPage(source, `it is of the log ${page.index} and not of ${now}`);
    const ends = [state, ...(snapshot ? [snapshot, { index: snapshot.index, seq: snapshot.last }] : [])];
    const known = Math.max(0, ...ends.filter(({ index }) => index === page.index).map(({ seq }) => seq));
    if (page.last < known)
      throw refusedPage(source, `it ends at ${page.last} and ${known} is known: it is an old one`);
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
    const { snapshot, seq, records: kept, pathBytes } = this.#state()!;
    // Until the sweep what a snapshot replaces is still there.
    const times = snapshot && seq > 0 ? 2 : 1;
    const bytes = records.reduce((sum, { path }) => sum + Buffer.byteLength(path), pathBytes);
    if (kept + records.length <= times * maxEntries && bytes <= times * maxPathBytes) return;
    const most = bytes > times * maxPathBytes ? `${maxPathBytes} bytes of paths` : `${maxEntries} entries`;
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

const SWEEP_ROWS = 5000;
const DROP_ROWS = 200;
