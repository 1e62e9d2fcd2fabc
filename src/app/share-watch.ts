import { asPeerdexError } from '../core/errors.ts';
import type { Changed, FolderWatcher, Watch } from '../core/ports/folder-watcher.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PassEnd } from './shares-scan.ts';

/** Files and folders that all watched shares have together: what watches them keeps some 300 bytes of each in memory. */
export class WatchPlaces {
  readonly #most: number;
  readonly #taken = new Map<number, number>();

  constructor(most = MAX_WATCHED) {
    this.#most = most;
  }

  /** False where the share has too many. */
  take(share: number, items: number): boolean {
    this.#taken.delete(share);
    const others = [...this.#taken.values()].reduce((sum, count) => sum + count, 0);
    if (others + items > this.#most) return false;
    this.#taken.set(share, items);
    return true;
  }

  give(share: number): void {
    this.#taken.delete(share);
  }

  get most(): number {
    return this.#most;
  }
}

export const MAX_WATCHED = 200_000;

export interface ShareWatchOptions {
  readonly watcher: FolderWatcher;
  readonly places: WatchPlaces;
  /** Absolute paths of folders that are not shared. */
  readonly exclude: readonly string[];
  readonly log: Log;
  readonly share: () => ShareRecord;
  /** Something changed in these folders. */
  readonly changed: (folders: Changed) => void;
  /** From now on changes are told: what came before was not. */
  readonly began: () => void;
}

/** Watches one share between its passes, as long as that is possible. */
export class ShareWatch {
  readonly #options: ShareWatchOptions;
  #watch: Watch | undefined;
  /** What is watched: another root is another folder. */
  #root = '';
  /** Folders that the last whole pass could not read: nothing below them is watched. */
  #unread: readonly string[] = [];
  #warning: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: ShareWatchOptions) {
    this.#options = options;
  }

  /** Why changes are found by passes only, or undefined. */
  get warning(): string | undefined {
    return this.#warning;
  }

  get active(): boolean {
    return this.#watch !== undefined;
  }

  /** Begins, goes on or ends, by what a pass found. */
  passed(end: PassEnd): void {
    this.#do(() => this.#adjust(end));
  }

  /** The folder cannot be looked at. */
  lost(): void {
    this.#do(() => this.#end());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
    await this.#end();
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#stopped ? undefined : work()))
      .catch(async (error: unknown) => {
        await this.#end().catch(() => {});
        if (!this.#stopped) this.#warn(asPeerdexError(error).message);
      });
  }

  async #adjust(end: PassEnd): Promise<void> {
    const { places, share, watcher } = this.#options;
    const { id, path } = share();
    if (end.whole) {
      const most = await watcher.limit();
      const tooMany = !places.take(id, end.items)
        ? `more than ${places.most} files and folders are shared`
        : most !== undefined && end.folders > most
          ? `the system lets a user watch ${most} folders, and it has ${end.folders}`
          : undefined;
      if (tooMany !== undefined) {
        await this.#end();
        return this.#warn(tooMany);
      }
    } else if (!this.#watch) return;
    const opened = end.whole && this.#unread.some((folder) => !end.unread.includes(folder));
    if (end.whole) this.#unread = end.unread;
    const root = `${end.root.device}/${end.root.inode}/${end.root.birth}`;
    // Folders that came with folders in them are watched in part only, and those that could not be read not at all.
    if (this.#watch && (end.trees || opened || root !== this.#root)) await this.#unwatch();
    if (this.#watch || this.#stopped) return;
    await this.#begin(path, root);
  }

  async #begin(path: string, root: string): Promise<void> {
    const { watcher, exclude, changed, began } = this.#options;
    const watch = await watcher.watch(
      path,
      {
        ignore: exclude,
        failed: (error) =>
          this.#do(() => {
            throw error;
          }),
      },
      (folders) => {
        if (!this.#stopped) changed(folders);
      },
    );
    this.#watch = watch;
    this.#root = root;
    this.#warning = undefined;
    began();
  }

  async #unwatch(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.stop();
  }

  async #end(): Promise<void> {
    this.#options.places.give(this.#options.share().id);
    await this.#unwatch();
  }

  #warn(why: string): void {
    const { log, share } = this.#options;
    const { name, path } = share();
    const warning = `changes are found by scans only, because ${why}`;
    if (warning === this.#warning) return;
    this.#warning = warning;
    log.warn(`${path}: ${warning}`, { event: 'share-not-watched', share: name });
  }
}
