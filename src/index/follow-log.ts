import type { Clock } from '../core/clock.ts';
import type { IndexHead, LogPage } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { Cursor, EntryStore, OwnerState } from '../core/ports/entry-store.ts';
import { checkPage } from './check-page.ts';
import type { LogRequest } from './serve-log.ts';

/** Entries kept of one other peer unless told otherwise. */
export const DEFAULT_MAX_ENTRIES = 2_000_000;

export interface FollowOptions {
  readonly store: EntryStore;
  readonly owner: PeerId;
  readonly clock: Clock;
  /** Most records of this owner; a page that would exceed it is refused. */
  readonly maxEntries?: number;
}

/**
 * Follows another peer's log: `request`, then `accept` its answer and run the steps to the end, until `accept` says that it
 * is up to date. All that is known lies in the store, so it goes on after a crash between any two steps.
 */
export class LogFollower {
  readonly #options: Required<FollowOptions>;

  constructor(options: FollowOptions) {
    this.#options = { maxEntries: DEFAULT_MAX_ENTRIES, ...options };
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
   * Takes an answer in, a bounded number of records a step. Throws `verification` for a page that cannot be right and `limit` for
   * more entries than allowed, both before anything is kept. Ends with true when more is to be asked.
   */
  *accept(asked: LogRequest, page: LogPage, stepRecords: number): Generator<void, boolean> {
    checkPage(this.#options.owner, asked, page);
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

  /** An answer from 0 begins a snapshot, unless nothing is known that it could replace. */
  #begin({ index, since, floor }: LogPage): void {
    const { store, owner, clock } = this.#options;
    const now = clock.now();
    const state = this.#state();
    if (!state) {
      store.transaction(() => {
        store.addOwner(owner, { index, seq: 0, floor: 0 }, now);
        store.beginSnapshot(owner, { index, seq: 0, floor }, now);
      });
    } else if (since === 0 && (state.snapshot || state.seq > 0 || state.index !== index)) {
      store.beginSnapshot(owner, { index, seq: 0, floor }, now);
    } else if (!state.snapshot && (state.index !== index || state.seq !== since)) {
      throw new PeerdexError('conflict', `the log of ${owner} was followed twice at once`, { retry: true });
    }
  }

  #checkRoom({ records }: LogPage): void {
    const { owner, maxEntries } = this.#options;
    const { snapshot, records: kept } = this.#state()!;
    // Until the sweep what a snapshot replaces is still there.
    if (kept + records.length <= (snapshot ? 2 * maxEntries : maxEntries)) return;
    throw new PeerdexError('limit', `${owner} lists more than ${maxEntries} files and folders`, {
      hint: 'its index is not followed any further',
    });
  }

  #keep(page: LogPage, start: number, end: number): void {
    const { store, owner, clock } = this.#options;
    const now = clock.now();
    const records = page.records.slice(start, end);
    store.transaction(() => {
      store.put(owner, records, now);
      this.#advance(records.at(-1)!.seq, now);
    });
  }

  /** Within a snapshot the old position stands until the sweep is done: after a crash the snapshot goes on. */
  #advance(seq: number, now: number): void {
    const { store, owner } = this.#options;
    const state = this.#state()!;
    const position = state.snapshot ? { ...state, snapshot: { ...state.snapshot, seq } } : { ...state, seq };
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
