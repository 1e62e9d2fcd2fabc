import { lstat, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { systemCode } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type {
  FilePlace,
  LocalContents,
  LocalFile,
  ManyLocalContents,
  WrittenFile,
} from '../core/ports/local-contents.ts';
import {
  type FileLook,
  type LocalFileStore,
  type ShareRecord,
  sameInode,
  type WrittenPlace,
} from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { ScanApplier } from '../index/apply-scan.ts';
import { type ChangeCounts, NOTHING } from '../index/change-counts.ts';
import { lookOf } from '../storage/disk/look.ts';
import { isRootAt } from '../storage/disk/share-root.ts';
import { realPathOf } from './real-paths.ts';
import { ScanScope } from './scan-scope.ts';
import { isWithin } from './share-names.ts';
import { letOthers } from './steps.ts';

export interface LocalPlacesOptions {
  readonly files: LocalFileStore;
  readonly applier: ScanApplier;
  readonly clock: Clock;
  readonly log: Log;
  /** The own log was written to. */
  readonly changed: (counts: ChangeCounts) => void;
  /** Something of a share waits to be hashed. */
  readonly kick: (share: ShareRecord) => void;
  /** Hashes the file at an absolute path. */
  readonly contentOf: (path: string) => Promise<ContentId>;
  /** False once the stores may be closed. */
  readonly isOpen: () => boolean;
}

/** Where contents lie on this machine: in shares, and outside of them where peerdex wrote them itself. */
export class LocalPlaces implements LocalContents, ManyLocalContents {
  readonly #options: LocalPlacesOptions;
  /** Files that are being looked at; doubt that comes meanwhile may be about a change that this look did not see. */
  readonly #doubts = new Map<string, 'once' | 'again'>();

  constructor(options: LocalPlacesOptions) {
    this.#options = options;
  }

  locate(content: ContentId): readonly LocalFile[] {
    return this.locateEach([content])[0]!;
  }

  locateEach(contents: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    return this.#options.files.placesOf(contents);
  }

  placeOfEach(contents: readonly ContentId[]): readonly (FilePlace | undefined)[] {
    return this.#options.files.placeOfEach(contents);
  }

  #offered(): readonly ShareRecord[] {
    return this.#options.files.shares().filter(({ paused }) => !paused);
  }

  recordWritten(file: LocalFile & { readonly executable: boolean }): void {
    const { files, applier, clock, changed, log, isOpen } = this.#options;
    const place = this.#placeInShare(file);
    if (!place) return files.putWritten([file], clock.now(), KEEP_WRITTEN);
    const steps = applier.record(place.share, place.parent, place.name, file, file.content);
    const first = steps.next();
    if (first.done) return changed(first.value);
    void this.#goOn(steps).catch((error: unknown) => {
      if (isOpen())
        log.warn(`${file.relative} waits for the next scan: ${String(error)}`, {
          event: 'file-not-looked-at',
        });
    });
  }

  recordManyWritten(root: string, written: readonly WrittenFile[]): void {
    const { files, applier, clock, changed } = this.#options;
    const real = realPathOf(root);
    const shares = this.#offered();
    const byShare = groupByShare(real, written, shares);
    const now = clock.now();
    const left: WrittenFile[] = [];
    const counts = applier.together(() => {
      return [...byShare].map(([share, some]) => {
        if (!share) {
          const outside = some.map((file) => placeOf(root, file));
          files.putWritten(outside, now, KEEP_WRITTEN);
          return NOTHING;
        }
        applier.keepSmall(some);
        const recorded = applier.recordMany(
          share,
          some.map((file) => ({ ...file, relative: belowShare(share, `${real}/${file.relative}`) })),
        );
        const names = new Set(recorded.left.map(({ relative }) => relative));
        left.push(...some.filter((file) => names.has(belowShare(share, `${real}/${file.relative}`))));
        return recorded.counts;
      });
    });
    for (const count of counts) changed(count);
    for (const { content, relative, look } of left) this.recordWritten({ content, root, relative, ...look });
  }

  /** A folder of many files stood where the file is: its place is made step by step. */
  async #goOn(steps: Generator<void, ChangeCounts>): Promise<void> {
    const { changed, isOpen } = this.#options;
    for (;;) {
      await letOthers();
      if (!isOpen()) return;
      const step = steps.next();
      if (step.done) return changed(step.value);
    }
  }

  suspect(file: LocalFile): void {
    const path = `${file.root}/${file.relative}`;
    if (this.#doubts.has(path)) return void this.#doubts.set(path, 'again');
    if (this.#doubts.size >= MAX_DOUBTS) return;
    this.#doubts.set(path, 'once');
    void this.#lookAgain(file, path)
      .catch((error: unknown) => {
        if (this.#options.isOpen())
          this.#options.log.warn(`cannot look at ${path} again: ${String(error)}`, {
            event: 'file-not-looked-at',
          });
      })
      .finally(() => {
        const again = this.#doubts.get(path) === 'again';
        this.#doubts.delete(path);
        if (again && this.#options.isOpen()) this.suspect(file);
      });
  }

  async #lookAgain(file: LocalFile, path: string): Promise<void> {
    const { applier, changed, kick, contentOf, files, isOpen } = this.#options;
    const now = await lookAt(path);
    const place = this.#placeInShare(file);
    // Asked after the look: a drive that went away in between must not count as a deletion.
    const stands = place ? await isRootAt(place.share.path, place.share.root) : await isOnDevice(file);
    if (!isOpen() || now === 'unknown' || !stands) return;
    if (place) {
      changed(applier.doubt(place.share, place.parent, place.name, now));
      return kick(place.share);
    }
    const same = now && now.size === file.size && now.mtime === file.mtime && sameInode(now, file);
    const content = same ? await contentOf(path).catch(() => undefined) : undefined;
    if (isOpen() && content !== file.content) files.removeWritten(file.root, file.relative);
  }

  /** Shares are known by their real paths; a destination may have been named through a link. */
  #placeInShare({ root, relative }: LocalFile): Place | undefined {
    const path = `${realPathOf(root)}/${relative}`;
    const share = shareListing(path, this.#offered(), new ScanScope());
    if (!share) return undefined;
    const below = belowShare(share, path);
    const parent = dirname(below);
    return { share, parent: parent === '.' ? '' : parent, name: basename(below) };
  }
}

/** The innermost share that a path lies in. */
function shareAround(path: string, shares: readonly ShareRecord[]): ShareRecord | undefined {
  return shares
    .filter((one) => isWithin(path, one.path) && path !== one.path)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** Likewise, unless its scans pass the path over: then it is as good as outside. */
function shareListing(
  path: string,
  shares: readonly ShareRecord[],
  scope: ScanScope,
): ShareRecord | undefined {
  const share = shareAround(path, shares);
  return share && scope.lists(share, belowShare(share, path)) ? share : undefined;
}

/** By the share that lists each, if any. `real`: the folder that all are below. */
function groupByShare(
  real: string,
  written: readonly WrittenFile[],
  shares: readonly ShareRecord[],
): ReadonlyMap<ShareRecord | undefined, readonly WrittenFile[]> {
  // Where no share lies there or around it, all are outside.
  if (!shares.some(({ path }) => isWithin(path, real) || isWithin(real, path)))
    return new Map([[undefined, written]]);
  const scope = new ScanScope();
  return Map.groupBy(written, ({ relative }) => shareListing(`${real}/${relative}`, shares, scope));
}

/** One literal: for many thousands spreading takes longer than all else. */
function placeOf(root: string, { content, relative, look, hashes }: WrittenFile): WrittenPlace {
  const { size, mtime, device, inode } = look;
  return { content, root, relative, size, mtime, device, inode, hashes };
}

const belowShare = ({ path: share }: ShareRecord, path: string): string =>
  path.slice(share.endsWith('/') ? share.length : share.length + 1);

interface Place {
  readonly share: ShareRecord;
  /** Below the share's root, '' for the root. */
  readonly parent: string;
  readonly name: string;
}

/** Files that are looked at again at a time. */
const MAX_DOUBTS = 64;
/** Files outside the shares that are remembered. */
const KEEP_WRITTEN = 100_000;

/** Undefined when no file is there any more, `unknown` when that cannot be told. */
async function lookAt(path: string): Promise<FileLook | undefined | 'unknown'> {
  try {
    const stats = await lstat(path, { bigint: true });
    return stats.isFile() ? lookOf(stats) : undefined;
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unknown';
  }
}

/** Whether the folder that the file was written below still lies where it lay then. */
async function isOnDevice({ root, device }: LocalFile): Promise<boolean> {
  const stats = await stat(root, { bigint: true }).catch(() => undefined);
  return stats?.dev === device;
}
