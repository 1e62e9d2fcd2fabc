import { realpath } from 'node:fs/promises';
import { PeerdexError } from '../core/errors.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import { sameRoot } from '../core/root-identity.ts';
import { rootAt } from '../storage/disk/share-root.ts';
import { refusePrivate } from './private-folders.ts';
import { realFolder, realPathOf } from './real-paths.ts';
import { refuseSecret } from './secret-folders.ts';
import type { ShareLog } from './share-log.ts';
import { refuseNested, shareNameFor } from './share-names.ts';
import type { ShareStores } from './share-stores.ts';
import { letOthers } from './steps.ts';
import { refuseSystem } from './system-folders.ts';

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
  /** What is being done to a share, by its name. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: ShareRosterOptions) {
    this.#options = options;
  }

  /**
   * Shares a folder from now on, or finds that it is shared; answers with the share's name. Throws `not-found` when there is no
   * folder and `conflict` when it lies inside or around another share, is private to peerdex, is the system's own, or is
   * where keys and passwords are kept.
   */
  async add(path: string, { fixed = false, accept = false }: AddOptions = {}): Promise<string> {
    const { stores, exclude, shareLog, run } = this.#options;
    const real = await realFolder(path).catch((error: unknown) => {
      if (stores.files.shares().some((share) => share.path === path)) return path;
      throw error;
    });
    refusePrivate(real, { own: exclude, downloads: fixed });
    if (fixed) this.#fixed.add(real);
    await this.#turnsAt(real);
    const shares = stores.files.shares();
    const known = shares.find((share) => share.path === real);
    if (known) {
      if (accept && known.paused) await this.resume(known.path);
      else if (accept) await this.#accept(known);
      return known.name;
    }
    refuseSystem(real);
    refuseSecret(real);
    refuseNested(real, shares, exclude);
    const name = shareNameFor(real, new Set(shares.map((share) => share.name)));
    run(shareLog.addShare(name, () => stores.files.addShare(name, real)));
    return name;
  }

  /** Stops sharing a folder; answers with the share's name. Throws `not-found`, or `conflict` for a fixed one. */
  async remove(path: string): Promise<string> {
    const { stores, shareLog, end } = this.#options;
    const { files } = stores;
    const share = await this.#shareAt(path, 'removable');
    return this.#inTurn(share, async () => {
      // Cut short it is a paused one.
      files.setPaused(share.id, true);
      await end(share);
      if (!(await shareLog.deleteShare(share.name))) return;
      while (files.forget(share.id, REMOVE_STEP, 'all') === REMOVE_STEP) await letOthers();
      files.removeShare(share.id);
    });
  }

  /**
   * Takes a share out of the index until it is resumed: it is neither scanned nor offered, and what is known of its files is kept, so
   * that nothing is hashed again. Answers with its name. Throws as `remove` does.
   */
  async pause(path: string): Promise<string> {
    const { stores, shareLog, end } = this.#options;
    const share = await this.#shareAt(path, 'removable');
    return this.#inTurn(share, async () => {
      stores.files.setPaused(share.id, true);
      await end(share);
      await shareLog.deleteShare(share.name);
    });
  }

  /** Offers a paused share again, and looks at it. Answers with its name. Throws `not-found`. */
  async resume(path: string): Promise<string> {
    const { stores, shareLog, run } = this.#options;
    const share = await this.#shareAt(path, 'any');
    return this.#inTurn(share, async () => {
      const paused = stores.files.shares().find(({ id }) => id === share.id);
      if (!paused?.paused) return;
      // Ended before its last entry it is still paused, and its entries go at the next start.
      if (!(await shareLog.addAgain(paused))) return;
      stores.files.setPaused(share.id, false);
      run({ ...paused, paused: false });
    });
  }

  /** One after the other: who resumes what is being paused gets it resumed. */
  async #inTurn({ name }: ShareRecord, work: () => Promise<void>): Promise<string> {
    const before = this.#turns.get(name);
    const turn = Promise.resolve(before)
      .catch(() => {})
      .then(work);
    this.#turns.set(name, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
    return name;
  }

  /** What is being done to the share of this folder is done: who shares what is being unshared gets it shared. */
  async #turnsAt(real: string): Promise<void> {
    for (;;) {
      const share = this.#options.stores.files.shares().find(({ path }) => path === real);
      const turn = share && this.#turns.get(share.name);
      if (!turn) return;
      await turn.catch(() => {});
    }
  }

  async #shareAt(path: string, which: 'any' | 'removable'): Promise<ShareRecord> {
    const real = await realpath(path).catch(() => path);
    const shares = this.#options.stores.files.shares();
    const share = shares.find((one) => one.path === real || one.path === path);
    if (!share)
      throw new PeerdexError('not-found', `${path} is not shared`, {
        hint: '`peerdex status` lists what is',
      });
    if (which === 'removable' && this.#fixed.has(share.path)) {
      throw new PeerdexError('conflict', `${share.path} is the downloads folder and stays shared`);
    }
    return share;
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
