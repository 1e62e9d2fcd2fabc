import { type Dirent, lstatSync, opendirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDataFolder, isKeyFile } from '../../core/data-files.ts';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import type { Listing, WalkedItem, Walker, WalkProblem } from '../../core/ports/disk.ts';
import type { FolderIdentity } from '../../core/ports/local-file-store.ts';
import type { OpenFolder } from './below-root.ts';
import { lookOf } from './look.ts';
import { openFolderBelowSync } from './safe-open.ts';

/**
 * Walks a folder with synchronous calls, for a thread of its own. Links are counted and not followed, files whose name begins
 * with PRIVATE_PREFIX are passed over, and so is what a data folder of peerdex holds. `exclude`: real paths of folders that are
 * passed over.
 */
export class FolderWalker implements Walker {
  readonly #root: string;
  readonly #exclude: ReadonlySet<string>;

  constructor(root: string, exclude: readonly string[] = []) {
    this.#root = root;
    this.#exclude = new Set(exclude);
  }

  root(): FolderIdentity {
    try {
      opendirSync(this.#root).closeSync();
      const { dev, ino } = statSync(this.#root, { bigint: true });
      return { device: dev, inode: ino };
    } catch (error) {
      throw new PeerdexError('unavailable', `${this.#root} cannot be read: ${textOf(error)}`, {
        cause: error,
      });
    }
  }

  list(relative: string): Listing {
    const listing = new ListingBuilder(relative);
    let folder: OpenFolder;
    try {
      folder = openFolderBelowSync(this.#root, relative);
    } catch (error) {
      // Gone or replaced since its parent was listed: the next pass will see what stands there.
      return listing.incomplete(error);
    }
    try {
      const dirents = readdirSync(folder.path, { withFileTypes: true });
      if (dirents.some(({ name }) => isKeyFile(name)) && isDataFolder(dirents.map(({ name }) => name))) {
        listing.problem('data-folder', '', 'it is a data folder of peerdex, which holds keys');
        return listing.finish();
      }
      for (const dirent of dirents) {
        if (isKeyFile(dirent.name))
          listing.problem('key', dirent.name, 'it is named like a private key of peerdex');
        else if (!dirent.name.startsWith(PRIVATE_PREFIX)) this.#take(listing, folder, dirent);
      }
      return listing.finish();
    } catch (error) {
      return listing.incomplete(error);
    } finally {
      folder.close();
    }
  }

  #take(listing: ListingBuilder, folder: OpenFolder, dirent: Dirent): void {
    const { name } = dirent;
    // Bytes that are not UTF-8 read as U+FFFD, and a file of that name is then not there.
    const doubtful = name.includes('\ufffd');
    if (!doubtful && dirent.isSymbolicLink()) return listing.link();
    if (!doubtful && dirent.isDirectory()) return this.#folder(listing, name);
    const stats = lstatSync(`${folder.path}/${name}`, { bigint: true, throwIfNoEntry: false });
    if (!stats) {
      if (doubtful) listing.problem('not-utf8', name, 'its name is not valid UTF-8');
    } else if (stats.isFile()) {
      listing.add({ name, kind: 'file', ...lookOf(stats) });
    } else if (stats.isDirectory()) this.#folder(listing, name);
    else if (stats.isSymbolicLink()) listing.link();
    else listing.problem('special', name, 'it is no regular file');
  }

  #folder(listing: ListingBuilder, name: string): void {
    if (this.#exclude.size > 0 && this.#exclude.has(join(this.#root, listing.below(name)))) return;
    listing.add({ name, kind: 'folder', size: 0, mtime: 0n, executable: false, device: 0n, inode: 0n });
  }
}

class ListingBuilder {
  readonly #relative: string;
  readonly #items: WalkedItem[] = [];
  readonly #problems: WalkProblem[] = [];
  readonly #names = new Set<string>();
  #links = 0;

  constructor(relative: string) {
    this.#relative = relative;
  }

  add(item: WalkedItem): void {
    // Two names that are not UTF-8 can read as the same third one, which may be there too.
    if (item.name.includes('\ufffd')) {
      if (this.#names.has(item.name)) return;
      this.#names.add(item.name);
    }
    this.#items.push(item);
  }

  link(): void {
    this.#links += 1;
  }

  problem(kind: WalkProblem['kind'], name: string, detail: string): void {
    if (this.#problems.length < MAX_PROBLEMS) {
      this.#problems.push({ kind, relative: name === '' ? this.#relative : this.below(name), detail });
    }
  }

  below(name: string): string {
    return this.#relative === '' ? name : `${this.#relative}/${name}`;
  }

  incomplete(error: unknown): Listing {
    const code = systemCode(error instanceof PeerdexError ? error.cause : error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP')
      this.problem('unreadable', '', textOf(error));
    return { ...this.finish(), items: [], complete: false };
  }

  finish(): Listing {
    return {
      relative: this.#relative,
      items: this.#items,
      links: this.#links,
      problems: this.#problems,
      complete: true,
    };
  }
}

/** Of one folder. */
const MAX_PROBLEMS = 100;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
