import type { Clock } from '../core/clock.ts';
import type { ContentId } from '../core/ids.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { HashKeeper, WrittenFile } from '../core/ports/local-contents.ts';
import {
  type FileLook,
  type LocalEntry,
  type LocalFileStore,
  sameInode,
} from '../core/ports/local-file-store.ts';
import { applyChange, deletionOf, markGone } from './apply-change.ts';
import { type ChangeCounts, NOTHING, sum } from './change-counts.ts';
import type { ScanChange } from './compare-folder.ts';
import { keepMostLeaves, keepSmall } from './keep-hashes.ts';
import type { LogChange, OwnLog } from './own-log.ts';
import { Places } from './places.ts';
import { recordMany } from './record-many.ts';
import { type HashResult, settleFile } from './settle-file.ts';
import { indexEntry, indexPath, pathOf, plainLook, type ShareName, verifiedFile } from './share-entries.ts';
import { tellDeletions } from './tell-deletions.ts';

export interface ScanStores {
  readonly entries: EntryStore;
  readonly files: LocalFileStore;
  readonly hashes: HashKeeper;
}

/**
 * Brings what a scan saw, and what hashing came to, into the stores and the own log. Every call is one transaction; those that
 * could take long are generators that end with what they counted.
 */
export class ScanApplier {
  readonly #stores: ScanStores;
  readonly #log: OwnLog;
  readonly #clock: Clock;

  constructor(stores: ScanStores, log: OwnLog, clock: Clock) {
    this.#stores = stores;
    this.#log = log;
    this.#clock = clock;
  }

  /** Applies a batch of changes in their order. */
  *apply(share: ShareName, changes: readonly ScanChange[]): Generator<void, ChangeCounts> {
    let counts = NOTHING;
    let emptied: ScanChange | undefined;
    for (let done = 0; done < changes.length; ) {
      const step = changes.slice(done, done + STEP);
      const { wrote, applied, full } = this.#stores.entries.transaction(() =>
        this.#applySome(share, step, emptied),
      );
      counts = sum(counts, wrote);
      done += applied;
      if (full) {
        counts = sum(counts, yield* this.emptyFolder(share, pathOf(full)));
        emptied = changes[done];
      }
      yield;
    }
    return counts;
  }

  /** Applies changes up to the first one that takes the place of a folder, other than `emptied`; that folder is `full`. */
  #applySome(share: ShareName, changes: readonly ScanChange[], emptied: ScanChange | undefined): Applied {
    const log: LogChange[] = [];
    const places = new Places(this.#stores.files, share);
    for (const [applied, change] of changes.entries()) {
      const entry = this.#stores.files.get(share.id, change.parent, change.name);
      const isFolder = entry?.kind === 'folder' && entry.state !== 'gone';
      const leaves = change.change === 'gone' || change.kind === 'file';
      if (isFolder && leaves && change !== emptied)
        return { wrote: this.#log.write(log), applied, full: entry };
      if (places.has(change)) applyChange(this.#stores, this.#clock, share, change, entry, log);
      if (isFolder || !leaves) places.forget();
    }
    return { wrote: this.#log.write(log), applied: changes.length, full: undefined };
  }

  /** Takes what lies below a folder ('' is the whole share) out of the log and marks it as gone. */
  *emptyFolder(share: ShareName, folder: string): Generator<void, ChangeCounts> {
    const { entries, files } = this.#stores;
    let counts = NOTHING;
    for (let rest = true; rest; ) {
      counts = sum(
        counts,
        entries.transaction(() => {
          const found = files.below(share.id, folder, STEP);
          rest = found.length === STEP;
          for (const entry of found) markGone(files, this.#clock, entry);
          return this.#log.write(found.map((entry) => deletionOf(files, share, entry)));
        }),
      );
      yield;
    }
    return counts;
  }

  /**
   * Files were hashed: from now on they are in the log. One that could not be waits for the next pass; one that cannot be read
   * leaves the log. What is no longer there is passed over.
   */
  *settle(share: ShareName, results: readonly HashResult[]): Generator<void, ChangeCounts> {
    const { entries, hashes } = this.#stores;
    let counts = NOTHING;
    for (let start = 0; start < results.length; start += SETTLE_STEP) {
      const some = results.slice(start, start + SETTLE_STEP);
      for (const { outcome } of some)
        if (outcome.outcome === 'hashed') yield* keepMostLeaves(entries, hashes, outcome);
      counts = sum(
        counts,
        this.#stores.entries.transaction(() => {
          const log: LogChange[] = [];
          for (const result of some) settleFile(this.#stores, share, result, log);
          return this.#log.write(log);
        }),
      );
      yield;
    }
    return counts;
  }

  /** See tellDeletions. */
  tellDeletions(share: ShareName): ReturnType<typeof tellDeletions> {
    return tellDeletions(this.#stores, this.#log, share);
  }

  /** Files that look as they did and have other bytes leave the log, and come back when they look otherwise. */
  *rot(
    share: ShareName,
    rotten: readonly { readonly id: number; readonly look: FileLook }[],
  ): Generator<void, ChangeCounts> {
    const { entries, files } = this.#stores;
    return entries.transaction(() => {
      const log: LogChange[] = [];
      for (const { id, look } of rotten) {
        const entry = files.byId(id);
        if (entry?.state !== 'settled' || entry.size !== look.size || entry.mtime !== look.mtime) continue;
        files.replace(entry, { ...entry, state: 'rotten' });
        log.push({ deleted: indexPath(share, pathOf(entry)) });
      }
      return this.#log.write(log);
    });
  }

  /**
   * A file that peerdex wrote and verified: it is in the log at once and is not hashed again. Where a folder stood as far as is
   * known, what lay in it leaves the log first, in steps; without one there is a single step.
   */
  *record(
    share: ShareName,
    parent: string,
    name: string,
    look: FileLook,
    content: ContentId,
  ): Generator<void, ChangeCounts> {
    const { entries, files } = this.#stores;
    const path = pathOf({ parent, name });
    let counts = NOTHING;
    while (
      files.get(share.id, parent, name)?.kind === 'folder' &&
      files.below(share.id, path, 1).length > 0
    ) {
      counts = sum(counts, yield* this.emptyFolder(share, path));
    }
    const written = entries.transaction(() => {
      const log: LogChange[] = [];
      const folder = { size: 0, mtime: 0n, device: 0n, inode: 0n, executable: false };
      const above = parent === '' ? [] : parent.split('/');
      above.forEach((own, depth) => {
        const grandparent = above.slice(0, depth).join('/');
        const stands = files.get(share.id, grandparent, own);
        if (stands?.kind === 'folder') return;
        const seen = { change: 'seen', parent: grandparent, name: own, kind: 'folder', ...folder } as const;
        applyChange(this.#stores, this.#clock, share, seen, stands, log);
      });
      const entry = verifiedFile(share, parent, name, look, content, this.#clock.now());
      files.put(entry);
      log.push({ entry: indexEntry(share, entry) });
      return this.#log.write(log);
    });
    return sum(counts, written);
  }

  /** Runs `work` in one transaction, whatever it writes. */
  together<T>(work: () => T): T {
    return this.#stores.entries.transaction(work);
  }

  /** Keeps the hashes of files of one leaf. */
  keepSmall(written: readonly WrittenFile[]): void {
    keepSmall(this.#stores.hashes, written);
  }

  /** As `record`, for many small files; see recordMany. */
  recordMany(share: ShareName, written: readonly WrittenFile[]): ReturnType<typeof recordMany> {
    return recordMany(this.#stores, this.#log, this.#clock, share, written);
  }

  /** A file of which others say that it is no longer what it was: hashed again, and withdrawn at once if it looks different. */
  doubt(share: ShareName, parent: string, name: string, now: FileLook | undefined): ChangeCounts {
    return this.#stores.entries.transaction(() => {
      const entry = this.#stores.files.get(share.id, parent, name);
      if (entry?.kind !== 'file' || entry.state === 'gone' || entry.state === 'rotten') return NOTHING;
      if (!now) {
        markGone(this.#stores.files, this.#clock, entry);
        return this.#log.write([deletionOf(this.#stores.files, share, entry)]);
      }
      const same = now.size === entry.size && now.mtime === entry.mtime && sameInode(now, entry);
      const content = same ? entry.content : undefined;
      this.#stores.files.put({ ...entry, ...plainLook(now), content, state: 'pending' });
      return same ? NOTHING : this.#log.write([{ deleted: indexPath(share, pathOf(entry)) }]);
    });
  }
}

/** Changes in one transaction: a few milliseconds. */
const STEP = 200;
const SETTLE_STEP = 128;

interface Applied {
  readonly wrote: ChangeCounts;
  readonly applied: number;
  readonly full: LocalEntry | undefined;
}
