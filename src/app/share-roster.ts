import { realpath } from 'node:fs/promises';
import { PeerdexError } from '../core/errors.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import { sameRoot } from '../core/root-identity.ts';
import { rootAt } from '../storage/disk/share-root.ts';
import { refusePrivate } from './private-folders.ts';
import { realFolder, realPathOf } from './real-paths.ts';
import type { ShareLog } from './share-log.ts';
import { refuseNested, shareNameFor } from './share-names.ts';
import type { ShareStores } from './share-stores.ts';
import { letOthers } from './steps.ts';

export interface ShareRosterOptions {
  readonly stores: ShareStores;
  /** Real paths of what is private to peerdex. */
  readonly exclude: readonly string[];
  readonly shareLog: ShareLog;
  readonly log: Log;
  /** A share came. */
  readonly run: (share: ShareRecord) => void;
  /** A pass over a share, and the hashing of what it found. */
  readonly look: (share: ShareRecord) => Promise<void>;
  /** A share goes: afterwards nothing of it is written any more. */
  readonly end: (share: ShareRecord) => Promise<void>;
}

export interface AddOptions {
  /** `remove` refuses it. */
  readonly fixed?: boolean;
  /** Takes the folder that stands there now, also when it is another one than before, or drives in it are away. */
  readonly accept?: boolean;
}

/** Which folders are shared, and under what names. */
export class ShareRoster {
  readonly #options: ShareRosterOptions;
  readonly #fixed = new Set<string>();

  constructor(options: ShareRosterOptions) {
    this.#options = options;
  }

  /**
   * Shares a folder from now on, or finds that it is shared; answers with the share's name. Throws `not-found` when there is no
   * folder and `conflict` when it lies inside or around another share, or is private to peerdex.
   */
  async add(path: string, { fixed = false, accept = false }: AddOptions = {}): Promise<string> {
    const { stores, exclude, shareLog, run } = this.#options;
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
    run(shareLog.addShare(name, () => stores.files.addShare(name, real)));
    return name;
  }

  /** Stops sharing a folder; answers with the share's name. Throws `not-found`, or `conflict` for a fixed one. */
  async remove(path: string): Promise<string> {
    const { stores, shareLog, end } = this.#options;
    const { files } = stores;
    const real = await realpath(path).catch(() => path);
    const share = files.shares().find((one) => one.path === real || one.path === path);
    if (!share)
      throw new PeerdexError('not-found', `${path} is not shared`, {
        hint: '`peerdex status` lists what is',
      });
    if (this.#fixed.has(share.path)) {
      throw new PeerdexError('conflict', `${share.path} is the downloads folder and stays shared`);
    }
    await end(share);
    await shareLog.deleteShare(share.name);
    while (files.forget(share.id, REMOVE_STEP, 'all') === REMOVE_STEP) await letOthers();
    files.removeShare(share.id);
    return share.name;
  }

  /** What must not be shared and was, by an earlier version or because keys have come to lie there. */
  async removePrivate(): Promise<void> {
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

  async #accept(share: ShareRecord): Promise<void> {
    const { files, memory } = this.#options.stores;
    const root = rootAt(share.path);
    if (share.root && sameRoot(share.root, root) && memory.mounts(share.id).length === 0) return;
    files.setRoot(share.id, root);
    memory.setMounts(share.id, []);
    await this.#options.look(share);
  }
}

const REMOVE_STEP = 50;
