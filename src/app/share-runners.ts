import type { FolderWatcher } from '../core/ports/folder-watcher.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { HashResult } from '../index/settle-file.ts';
import { ShareRunner, type ShareRunnerOptions } from './share-runner.ts';
import { type ShareStatus, unseen } from './share-status.ts';
import type { ShareStores } from './share-stores.ts';
import { WatchPlaces } from './share-watch.ts';
import type { RottenRow } from './verify/verify-run.ts';

export interface ShareRunnersOptions
  extends Pick<ShareRunnerOptions, 'scan' | 'applier' | 'queue' | 'changed'> {
  readonly stores: ShareStores;
  /** Tells of changes between passes; absent: passes alone find them. */
  readonly watcher: FolderWatcher | undefined;
}

/** The shares that are at work now, by their row's id. */
export class ShareRunners {
  readonly #options: ShareRunnersOptions;
  readonly #runners = new Map<number, ShareRunner>();
  readonly #places = new WatchPlaces();

  constructor(options: ShareRunnersOptions) {
    this.#options = options;
  }

  /** From now on it is at work; resolves when its first round is done. */
  begin(share: ShareRecord): Promise<void> {
    const { stores, watcher, scan, applier, queue, changed } = this.#options;
    const runner = new ShareRunner({
      ...{ scan, applier, queue, changed, share },
      ...{ files: stores.files, memory: stores.memory, verified: stores.verified },
      watch: watcher && { watcher, places: this.#places },
    });
    this.#runners.set(share.id, runner);
    return runner.round();
  }

  /** Afterwards nothing of it is written any more. */
  async end(share: number): Promise<void> {
    await this.#runners.get(share)?.stop();
    this.#runners.delete(share);
  }

  /** A pass over one share, and the hashing of what it found. */
  async round(share: number): Promise<void> {
    await this.#runners.get(share)?.round();
  }

  async roundOfAll(): Promise<void> {
    await Promise.all(this.#all().map((runner) => runner.round()));
  }

  /** Resolves when the first round of the share of this name is done. */
  async ready(name: string): Promise<void> {
    await this.#all().find((runner) => runner.share().name === name)?.first;
  }

  /** What came of hashing files of a share. */
  async settle(share: number, results: readonly HashResult[]): Promise<void> {
    await this.#runners.get(share)?.settle(results);
  }

  /** Files of a share are not what they were hashed as. */
  async withdraw(share: number, rotten: readonly RottenRow[]): Promise<void> {
    await this.#runners.get(share)?.withdraw(rotten);
  }

  status(share: ShareRecord): ShareStatus {
    return this.#runners.get(share.id)?.status() ?? unseen(share);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((runner) => runner.stop()));
  }

  #all(): ShareRunner[] {
    return [...this.#runners.values()];
  }
}
