import type { Clock } from '../core/clock.ts';
import type { IndexHead } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import type { FolderWatcher } from '../core/ports/folder-watcher.ts';
import type { LocalContents, ManyLocalContents } from '../core/ports/local-contents.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { Random } from '../core/random.ts';
import { ScanApplier } from '../index/apply-scan.ts';
import type { ChangeCounts } from '../index/change-counts.ts';
import { drawIndexId, OwnLog } from '../index/own-log.ts';
import { HashPool } from '../storage/disk/hash-pool.ts';
import { type HashedFile, hashOneFile } from './hash-one-file.ts';
import { LocalPlaces } from './local-places.ts';
import { realPathOf } from './real-paths.ts';
import { ShareLog } from './share-log.ts';
import { type AddOptions, ShareRoster } from './share-roster.ts';
import { ShareRunners } from './share-runners.ts';
import type { ShareStatus } from './share-status.ts';
import type { ShareStores } from './share-stores.ts';
import { HashQueue } from './shares-hash.ts';
import { ShareUpkeep } from './shares-upkeep.ts';
import { type TakenIn, takeIn } from './take-in.ts';
import { Verification } from './verify/verification.ts';
import { workerUrl } from './worker-url.ts';

export interface ShareServiceOptions {
  readonly self: PeerId;
  /** The peer's database file, which the scanning threads read. */
  readonly database: string;
  /** Stores in that database. */
  readonly stores: ShareStores;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Least seconds between two passes over a share; 30 by default. */
  readonly scanSeconds?: number;
  /** The data folder: only what lies in it for others is shared, see `refusePrivate`. Absolute paths. */
  readonly exclude?: readonly string[];
  /** Tells of changes between passes; absent: passes alone find them. */
  readonly watcher?: FolderWatcher | undefined;
  /** Seconds that a file must have been left alone before it is listed; 1 by default. */
  readonly stillSeconds?: number | undefined;
  /** Most bytes a second that are read to verify; 100 MB by default. */
  readonly verifyRate?: number | undefined;
}

export type RescanResult = ChangeCounts & { readonly seconds: number };

/**
 * The folders that this peer shares: scans and hashes them off this thread, keeps the own log, and knows where each content lies.
 * Shares are remembered in the database.
 */
export class ShareService {
  /** Where each content lies on this machine. */
  readonly contents: LocalContents & ManyLocalContents;
  readonly #options: ShareServiceOptions & {
    readonly scanSeconds: number;
    readonly exclude: readonly string[];
  };
  readonly #own: OwnLog;
  readonly #log: ShareLog;
  readonly #applier: ScanApplier;
  readonly #pool: HashPool;
  readonly #queue: HashQueue;
  readonly #runners: ShareRunners;
  readonly #roster: ShareRoster;
  readonly #firstPass = Promise.withResolvers<void>();
  #started = false;
  #stopped = false;
  readonly #upkeep: ShareUpkeep;
  /** Whether what lies here is what was hashed. */
  readonly verification: Verification;

  constructor(options: ShareServiceOptions) {
    const exclude = (options.exclude ?? []).map(realPathOf);
    this.#options = { scanSeconds: 30, ...options, exclude };
    const { stores, self, clock, random, log } = this.#options;
    this.#own = new OwnLog(stores.entries, self, clock, random);
    this.#log = new ShareLog(this.#own, stores, self, () => this.#stopped);
    this.#applier = new ScanApplier(stores, this.#own, clock);
    this.#pool = new HashPool({ worker: workerUrl('hash-worker'), clock });
    this.contents = new LocalPlaces({
      files: stores.files,
      applier: this.#applier,
      clock,
      log,
      changed: (counts) => this.#log.changed(counts),
      kick: (share) => this.#queue.kick(share),
      contentOf: (path) => this.hashFile(path).then(({ content }) => content),
      isOpen: () => !this.#stopped,
    });
    this.#queue = new HashQueue({
      files: stores.files,
      hasher: this.#pool,
      threads: this.#pool.size,
      log,
      clock,
      stillMs: (options.stillSeconds ?? 1) * 1000,
      settle: (share, results) => this.#runners.settle(share, results),
    });
    this.#runners = new ShareRunners({
      ...{ stores, applier: this.#applier, queue: this.#queue, watcher: options.watcher },
      scan: {
        ...{ exclude, clock, log, database: options.database, scanSeconds: this.#options.scanSeconds },
        drawMarker: () => drawIndexId(random) + drawIndexId(random),
      },
      changed: (counts) => this.#log.changed(counts),
    });
    this.#roster = new ShareRoster({
      ...{ stores, exclude, shareLog: this.#log, log },
      run: (share) => {
        if (!this.#started || this.#stopped) return;
        void this.#runners.begin(share).then(() => this.verification.goOn());
      },
      look: (share) => this.#runners.round(share.id),
      end: (share) => this.#end(share),
    });
    this.#upkeep = new ShareUpkeep({ stores, shareLog: this.#log, clock, log });
    this.verification = new Verification({
      stores,
      clock,
      log,
      rate: options.verifyRate ?? VERIFY_RATE,
      settle: (share, results) => this.#runners.settle(share, results),
      withdraw: (share, rotten) => this.#runners.withdraw(share, rotten),
    });
  }

  /** Resolves when every share that was there at the start has been looked at and hashed once, or cannot be. */
  get firstPassDone(): Promise<void> {
    return this.#firstPass.promise;
  }

  async start(): Promise<void> {
    this.#started = true;
    await this.#roster.removePrivate();
    const all = this.#options.stores.files.shares();
    const shares = all.filter(({ paused }) => !paused);
    const paused = all.filter((share) => share.paused);
    await this.#log.keepOnly(
      new Set(shares.map(({ name }) => name)),
      paused.map(({ name }) => name),
    );
    void Promise.all(shares.map((share) => this.#runners.begin(share))).then(() => {
      this.#firstPass.resolve();
      this.verification.goOn();
    });
    this.#upkeep.start();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#upkeep.stop();
    this.#queue.stop();
    this.#firstPass.resolve();
    await this.verification.stop();
    await Promise.all([this.#pool.close(), this.#runners.stop()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** See ShareRoster. */
  add(path: string, options?: AddOptions): Promise<string> {
    return this.#roster.add(path, options);
  }

  remove(path: string): Promise<string> {
    return this.#roster.remove(path);
  }

  /** See ShareRoster. */
  pause(path: string): Promise<string> {
    return this.#roster.pause(path);
  }

  resume(path: string): Promise<string> {
    return this.#roster.resume(path);
  }

  /** Looks at every share now; answers when all that changed is hashed and in the log. Folders are not counted. */
  async rescan(): Promise<RescanResult> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    const before = this.#log.counts;
    await this.#runners.roundOfAll();
    const { added, changed, deleted } = this.#log.counts;
    return {
      added: added - before.added,
      changed: changed - before.changed,
      deleted: deleted - before.deleted,
      seconds: (clock.monotonic() - began) / 1000,
    };
  }

  /** Resolves when the share's first pass is done and hashed; see `add`. */
  ready(name: string): Promise<void> {
    return this.#runners.ready(name);
  }

  status(): readonly ShareStatus[] {
    return this.#options.stores.files.shares().map((share) => this.#runners.status(share));
  }

  head(): IndexHead {
    return this.#own.head();
  }

  /** Gives the own index another id, so that everybody takes all of it anew. */
  beginIndexAnew(): void {
    this.#log.beginAnew(drawIndexId(this.#options.random));
  }

  /** Live files of the own index and their bytes. */
  totals(): { readonly files: number; readonly bytes: number } {
    return this.#own.totals();
  }

  /** Calls back after each write that moved the head. Returns what ends it. */
  onHeadChange(listener: (head: IndexHead) => void): () => void {
    return this.#log.onHeadChange(listener);
  }

  /** See `hashOneFile`. */
  hashFile(path: string, signal?: AbortSignal): Promise<HashedFile> {
    return hashOneFile(this.#pool, path, signal);
  }

  /** See `takeIn`. */
  takeIn(root: string, relative: string): Promise<TakenIn> {
    const { contents } = this;
    const hashFile = (path: string) => this.hashFile(path);
    return takeIn({ stores: this.#options.stores, contents, hashFile }, root, relative);
  }

  async #end(share: ShareRecord): Promise<void> {
    this.#queue.drop(share.id);
    await this.verification.drop(share.id);
    await this.#runners.end(share.id);
  }
}

const VERIFY_RATE = 100_000_000;
