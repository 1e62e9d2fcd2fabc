import { realpath, stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import type { IndexHead } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LocalContents } from '../core/ports/local-contents.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { Random } from '../core/random.ts';
import { ScanApplier, type ScanStores } from '../index/apply-scan.ts';
import type { ChangeCounts } from '../index/change-counts.ts';
import { keepLastLeaves, keepMostLeaves } from '../index/keep-hashes.ts';
import { drawIndexId, OwnLog } from '../index/own-log.ts';
import { HashPool } from '../storage/disk/hash-pool.ts';
import { type HashedFile, hashOneFile } from './hash-one-file.ts';
import { LocalPlaces } from './local-places.ts';
import { refusePrivate } from './private-folders.ts';
import { realFolder, realPathOf } from './real-paths.ts';
import { ShareLog } from './share-log.ts';
import { refuseNested, shareNameFor } from './share-names.ts';
import { ShareRunner, type ShareStatus } from './share-runner.ts';
import { HashQueue } from './shares-hash.ts';
import { forgetUnusedHashes } from './shares-upkeep.ts';
import { letOthers, runSteps } from './steps.ts';
import { workerUrl } from './worker-url.ts';

export interface ShareServiceOptions {
  readonly self: PeerId;
  /** The peer's database file, which the scanning threads read. */
  readonly database: string;
  /** Stores in that database. */
  readonly stores: ScanStores;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Least seconds between two passes over a share; 30 by default. */
  readonly scanSeconds?: number;
  /** The data folder: only what lies in it for others is shared, see `refusePrivate`. Absolute paths. */
  readonly exclude?: readonly string[];
}

export interface AddOptions {
  /** `remove` refuses it. */
  readonly fixed?: boolean;
  /** Takes the folder that stands there now, also when it is another one than before. */
  readonly accept?: boolean;
}

export type RescanResult = ChangeCounts & { readonly seconds: number };

/**
 * The folders that this peer shares: scans and hashes them off this thread, keeps the own log, and knows where each content lies.
 * Shares are remembered in the database.
 */
export class ShareService {
  /** Where each content lies on this machine. */
  readonly contents: LocalContents;
  readonly #options: Required<ShareServiceOptions>;
  readonly #own: OwnLog;
  readonly #log: ShareLog;
  readonly #applier: ScanApplier;
  readonly #pool: HashPool;
  readonly #queue: HashQueue;
  readonly #runners = new Map<number, ShareRunner>();
  readonly #fixed = new Set<string>();
  readonly #firstPass = Promise.withResolvers<void>();
  #started = false;
  #stopped = false;
  #cancelUpkeep: (() => void) | undefined;

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
      settle: async (share, results) => this.#runners.get(share)?.settle(results),
    });
  }

  /** Resolves when every share that was there at the start has been looked at and hashed once, or cannot be. */
  get firstPassDone(): Promise<void> {
    return this.#firstPass.promise;
  }

  async start(): Promise<void> {
    this.#started = true;
    await this.#removePrivate();
    const shares = this.#options.stores.files.shares();
    await this.#log.keepOnly(new Set(shares.map(({ name }) => name)));
    const runners = shares.map((share) => this.#run(share));
    void Promise.all(runners.map((runner) => runner.round())).then(() => this.#firstPass.resolve());
    this.#upkeep();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelUpkeep?.();
    this.#queue.stop();
    this.#firstPass.resolve();
    await Promise.all([this.#pool.close(), ...[...this.#runners.values()].map((runner) => runner.stop())]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Shares a folder from now on, or finds that it is shared; answers with the share's name. Throws `not-found` when there is no
   * folder and `conflict` when it lies inside or around another share, or is private to peerdex.
   */
  async add(path: string, { fixed = false, accept = false }: AddOptions = {}): Promise<string> {
    const { stores, exclude } = this.#options;
    const real = await realFolder(path).catch((error: unknown) => {
      if (stores.files.shares().some((share) => share.path === path)) return path;
      throw error;
    });
    refusePrivate(real, { own: exclude, downloads: fixed });
    if (fixed) this.#fixed.add(real);
    const shares = stores.files.shares();
    const known = shares.find((share) => share.path === real);
    if (known) {
      if (accept) await this.#accept(known);
      return known.name;
    }
    refuseNested(real, shares, exclude);
    const name = shareNameFor(real, new Set(shares.map((share) => share.name)));
    const share = this.#log.addShare(name, () => stores.files.addShare(name, real));
    if (this.#started && !this.#stopped) void this.#run(share).round();
    return name;
  }

  /** Stops sharing a folder; answers with the share's name. Throws `not-found`, or `conflict` for a fixed one. */
  async remove(path: string): Promise<string> {
    const { files } = this.#options.stores;
    const real = await realpath(path).catch(() => path);
    const share = files.shares().find((one) => one.path === real || one.path === path);
    if (!share) throw new PeerdexError('not-found', `${path} is not shared`);
    if (this.#fixed.has(share.path)) {
      throw new PeerdexError('conflict', `${share.path} is the downloads folder and stays shared`);
    }
    this.#queue.drop(share.id);
    await this.#runners.get(share.id)?.stop();
    this.#runners.delete(share.id);
    await this.#log.deleteShare(share.name);
    while (files.forget(share.id, REMOVE_STEP, 'all') === REMOVE_STEP) await letOthers();
    files.removeShare(share.id);
    return share.name;
  }

  /** Looks at every share now; answers when all that changed is hashed and in the log. Folders are not counted. */
  async rescan(): Promise<RescanResult> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    const before = this.#log.counts;
    await Promise.all([...this.#runners.values()].map((runner) => runner.round()));
    const { added, changed, deleted } = this.#log.counts;
    return {
      added: added - before.added,
      changed: changed - before.changed,
      deleted: deleted - before.deleted,
      seconds: (clock.monotonic() - began) / 1000,
    };
  }

  /** Resolves when the share's first pass is done and hashed; see `add`. */
  async ready(name: string): Promise<void> {
    await [...this.#runners.values()].find((runner) => runner.share().name === name)?.first;
  }

  status(): readonly ShareStatus[] {
    return this.#options.stores.files
      .shares()
      .map((share) => this.#runners.get(share.id)?.status() ?? { ...brief(share), ...UNSEEN });
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

  /** A file that was put into a share just now: hashed, and in the log when this resolves. `root`: the share's. Errors as `hashFile`. */
  async takeIn(root: string, relative: string): Promise<{ path: string; size: number; content: ContentId }> {
    const { files, entries, hashes } = this.#options.stores;
    const hashed = await this.hashFile(`${root}/${relative}`);
    const { content, look } = hashed;
    await runSteps(keepMostLeaves(entries, hashes, { ...hashed, outcome: 'hashed' }));
    entries.transaction(() => keepLastLeaves(hashes, { ...hashed, outcome: 'hashed' }));
    this.contents.recordWritten({ content, root, relative, ...look });
    const share = files.shares().find(({ path }) => path === realPathOf(root));
    return { path: `${share?.name ?? ''}/${relative}`, size: look.size, content };
  }

  /** What must not be shared and was, by an earlier version or because keys have come to lie there. */
  async #removePrivate(): Promise<void> {
    const { exclude, log, stores } = this.#options;
    for (const { path } of stores.files.shares()) {
      try {
        refusePrivate(realPathOf(path), { own: exclude, downloads: this.#fixed.has(path) });
      } catch (error) {
        log.warn(`no longer shared: ${(error as PeerdexError).message}`, { event: 'share-removed' });
        await this.remove(path);
      }
    }
  }

  #run(share: ShareRecord): ShareRunner {
    const { database, exclude, clock, log, scanSeconds, stores } = this.#options;
    const runner = new ShareRunner({
      scan: { database, exclude, clock, log, scanSeconds },
      share,
      files: stores.files,
      applier: this.#applier,
      queue: this.#queue,
      changed: (counts) => this.#log.changed(counts),
    });
    this.#runners.set(share.id, runner);
    return runner;
  }

  async #accept(share: ShareRecord): Promise<void> {
    const { dev, ino } = await stat(share.path, { bigint: true });
    if (share.root?.device === dev && share.root.inode === ino) return;
    this.#options.stores.files.setRoot(share.id, { device: dev, inode: ino });
    await this.#runners.get(share.id)?.round();
  }

  #upkeep(): void {
    const again = () => {
      if (!this.#stopped) this.#cancelUpkeep = this.#options.clock.after(UPKEEP_MS, () => this.#upkeep());
    };
    const work = async () => {
      await this.#log.prune();
      await runSteps(forgetUnusedHashes(this.#options.stores, this.#options.clock.now()));
    };
    work()
      .catch((error: unknown) => {
        if (!this.#stopped)
          this.#options.log.warn(`upkeep of the index failed: ${String(error)}`, {
            event: 'index-upkeep-failed',
          });
      })
      .finally(again);
  }
}

const REMOVE_STEP = 50;
const UPKEEP_MS = 3600 * 1000;

const UNSEEN = { state: 'scanning', links: 0, warnings: [] } as const;

const brief = ({ path, name, files, bytes }: ShareRecord) => ({ path, name, files, bytes });
