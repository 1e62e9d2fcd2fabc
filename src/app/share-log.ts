import type { IndexHead } from '../core/entry.ts';
import type { IndexId } from '../core/ids.ts';
import type { ScanStores } from '../index/apply-scan.ts';
import { type ChangeCounts, NOTHING, sum } from '../index/change-counts.ts';
import type { OwnLog } from '../index/own-log.ts';
import { indexEntry, type ShareName } from '../index/share-entries.ts';
import { letOthers } from './steps.ts';

/** The own log as the shares write it: the roots of shares come and go, what changed is counted, a moved head is told. */
export class ShareLog {
  readonly #log: OwnLog;
  readonly #stores: ScanStores;
  readonly #self: string;
  readonly #listeners = new Set<(head: IndexHead) => void>();
  readonly #ended: () => boolean;
  #counts: ChangeCounts = NOTHING;
  #lastSeq: number;

  /** `ended`: true when work in many steps is to stop where it is. */
  constructor(log: OwnLog, stores: ScanStores, self: string, ended: () => boolean) {
    this.#log = log;
    this.#stores = stores;
    this.#self = self;
    this.#ended = ended;
    this.#lastSeq = log.head().seq;
  }

  /** All that changed since the start. */
  get counts(): ChangeCounts {
    return this.#counts;
  }

  /** Calls back after each write that moved the head. Returns what ends it. */
  onHeadChange(listener: (head: IndexHead) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something has been written, by whomever. */
  changed(counts: ChangeCounts): void {
    this.#counts = sum(this.#counts, counts);
    const head = this.#log.head();
    if (head.seq === this.#lastSeq) return;
    this.#lastSeq = head.seq;
    for (const listener of this.#listeners) listener(head);
  }

  /** See OwnLog. */
  beginAnew(index: IndexId): void {
    this.#log.beginAnew(index);
    for (const listener of this.#listeners) listener(this.#log.head());
  }

  /** `also` joins the same transaction. */
  addShare<T>(name: string, also: () => T): T {
    const done = this.#stores.entries.transaction(() => {
      this.#log.write([{ entry: shareEntry(name) }]);
      return also();
    });
    this.changed(NOTHING);
    return done;
  }

  /**
   * Names again what was known of a share when it was paused, in steps, and then the share itself: what is not named yet is not taken for
   * deleted by those who follow. False: ended before all was named.
   */
  async addAgain({ id, name }: ShareName): Promise<boolean> {
    let after = 0;
    while (!this.#ended()) {
      const rows = this.#stores.files.settledAfter(id, after, STEP);
      this.changed(this.#log.write(rows.map((row) => ({ entry: indexEntry({ id, name }, row) }))));
      if (rows.length < STEP) {
        this.changed(this.#log.write([{ entry: shareEntry(name) }]));
        return true;
      }
      after = rows.at(-1)!.id;
      await letOthers();
    }
    return false;
  }

  /**
   * Withdraws a share, in steps: itself first, by which those who follow know that what goes after it is not
   * deleted where it lies. False: ended before all was withdrawn.
   */
  async deleteShare(name: string): Promise<boolean> {
    this.changed(this.#log.write([{ deleted: name }]));
    let from: string | undefined;
    do {
      const { counts, next } = this.#log.deleteTree(name, STEP, from);
      this.changed(counts);
      from = next;
      await letOthers();
    } while (from !== undefined && !this.#ended());
    return from === undefined;
  }

  /** Makes the log name exactly these shares, and nothing of the paused ones: what was being done to them may have been cut short. */
  async keepOnly(names: ReadonlySet<string>, paused: readonly string[]): Promise<void> {
    this.#log.write([...names].map((name) => ({ entry: shareEntry(name) })));
    this.changed(NOTHING);
    for (const name of paused) await this.deleteShare(name);
    for (const { path } of this.#stores.entries.children(this.#self, '', MAX_SHARES).items) {
      if (!names.has(path)) await this.deleteShare(path);
    }
  }

  /** Drops deletions that are too old. */
  async prune(): Promise<void> {
    while (!this.#ended() && !this.#log.prune(STEP)) await letOthers();
  }
}

const STEP = 50;
const MAX_SHARES = 100_000;

const shareEntry = (name: string) =>
  ({ path: name, kind: 'folder', size: 0, mtime: 0n, executable: false, flag: 1 }) as const;
