import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { ListedLease } from './directory-listing.ts';
import type { LeaseTable } from './lease-table.ts';

export interface ChangeFeedOptions {
  readonly table: LeaseTable;
  readonly clock: Clock;
  /** Most calls that wait at a time. */
  readonly maxWaiters: number;
}

export interface ChangesQuery {
  readonly epoch?: string | undefined;
  readonly since?: number | undefined;
  /** Longest wait in milliseconds. */
  readonly waitMs: number;
}

export interface ChangesAnswer {
  readonly epoch: string;
  readonly version: number;
  /** `peers` is the whole directory. */
  readonly reset: boolean;
  readonly peers: readonly ListedLease[];
}

/** Changes that come together are told together, and many who wait are not woken for each single one. */
const WAKE_MS = 5;

/** Answers what changed since a version, at once or when something does. */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #waiters = new Set<() => void>();
  /** Answers of the present version by the version asked from: who waits has mostly seen the same. */
  #answers = new Map<number, ChangesAnswer>();
  #answersVersion = -1;
  #wakeIsDue = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** To be called when the table's version went up. */
  changed(): void {
    if (this.#wakeIsDue || this.#waiters.size === 0) return;
    this.#wakeIsDue = true;
    this.#options.clock.after(WAKE_MS, () => {
      this.#wakeIsDue = false;
      for (const wake of [...this.#waiters]) wake();
    });
  }

  /** Waits for a change for as long as the query wants, or until `signal` aborts. Rejects with `limit` when too many wait. */
  async wait({ epoch, since, waitMs }: ChangesQuery, signal: AbortSignal): Promise<ChangesAnswer> {
    const { table, maxWaiters } = this.#options;
    // A version that this directory never had comes from another life of it.
    if (epoch !== table.epoch || since === undefined || since > table.version) return this.#answer(-1);
    if (since === table.version && waitMs > 0 && !signal.aborted) {
      if (this.#waiters.size >= maxWaiters) {
        throw new PeerdexError('limit', `${maxWaiters} peers wait for changes already`, { retry: true });
      }
      await this.#nextChange(waitMs, signal);
    }
    return this.#answer(since);
  }

  #nextChange(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#waiters.delete(end);
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#options.clock.after(waitMs, end);
      signal.addEventListener('abort', end);
      this.#waiters.add(end);
    });
  }

  #answer(since: number): ChangesAnswer {
    const { table } = this.#options;
    if (this.#answersVersion !== table.version) {
      this.#answers = new Map();
      this.#answersVersion = table.version;
    }
    const { epoch, version } = table;
    const answer = this.#answers.get(since) ?? {
      epoch,
      version,
      reset: since < 0,
      peers: table.list('all', since),
    };
    if (this.#answers.size < MAX_CACHED) this.#answers.set(since, answer);
    return answer;
  }
}

const MAX_CACHED = 16;
