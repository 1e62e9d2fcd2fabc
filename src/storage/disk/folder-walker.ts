import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDataFolder, isKeyFile } from '../../core/data-files.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import type { Listing } from '../../core/ports/disk.ts';
import { isSecret, maySecret } from '../../core/secret-folders.ts';
import type { OpenFolder } from './below-root.ts';
import { FolderPrint } from './folder-print.ts';
import { IGNORE_FILE, IgnoreRules } from './ignore-rules.ts';
import { ListingBuilder } from './listing-builder.ts';
import { lookOf } from './look.ts';
import { openFolderBelowSync } from './safe-open.ts';

/**
 * Walks a folder with synchronous calls, for a thread of its own. Links are counted and not followed, files whose name begins
 * with PRIVATE_PREFIX are passed over, and so is what a data folder of peerdex holds and what IGNORE_FILE says; where
 * keys and passwords are kept unless that file says otherwise. `exclude`: real paths
 * of folders that are passed over.
 */
export class FolderWalker {
  readonly #root: string;
  readonly #exclude: ReadonlySet<string>;

  constructor(root: string, exclude: readonly string[] = []) {
    this.#root = root;
    this.#exclude = new Set(exclude);
  }

  /** Holds a folder below the root open; `above` are the rules of the folder that it lies in. Never throws. */
  enter(relative: string, above: IgnoreRules): Visit {
    let folder: OpenFolder;
    try {
      folder = openFolderBelowSync(this.#root, relative);
    } catch (error) {
      // Gone or replaced since its parent was listed: the next pass will see what stands there.
      return new Visit(this.#root, this.#exclude, relative, { error });
    }
    try {
      const device = statSync(folder.path, { bigint: true }).dev;
      const dirents = readdirSync(folder.path, { withFileTypes: true });
      const own = dirents.some(({ name }) => name === IGNORE_FILE);
      const rules = own ? above.within(folder, relative) : above;
      return new Visit(this.#root, this.#exclude, relative, { folder, device, dirents, rules });
    } catch (error) {
      folder.close();
      return new Visit(this.#root, this.#exclude, relative, { error });
    }
  }
}

/** A glance at a folder that holds nothing unusual. */
export interface Glance {
  /** Of all that a comparison would look at. */
  readonly print: bigint;
  /** Names of the folders to walk next. */
  readonly folders: readonly string[];
  readonly links: number;
}

interface Found {
  readonly folder: OpenFolder;
  readonly device: bigint;
  readonly dirents: readonly Dirent[];
  readonly rules: IgnoreRules;
}

/** A folder that is held open while it is looked at. */
export class Visit {
  readonly #root: string;
  readonly #exclude: ReadonlySet<string>;
  readonly #relative: string;
  readonly #found: Found | { readonly error: unknown };

  constructor(
    root: string,
    exclude: ReadonlySet<string>,
    relative: string,
    found: Found | { readonly error: unknown },
  ) {
    this.#root = root;
    this.#exclude = exclude;
    this.#relative = relative;
    this.#found = found;
  }

  /** Undefined where the folder could not be read. */
  get device(): bigint | undefined {
    return 'error' in this.#found ? undefined : this.#found.device;
  }

  /** Names in it. */
  get size(): number {
    return 'error' in this.#found ? 0 : this.#found.dirents.length;
  }

  /** The rules for what lies in it. */
  get rules(): IgnoreRules {
    return 'error' in this.#found ? IgnoreRules.NONE : this.#found.rules;
  }

  /** False where it could not be read, and where its rules leave this folder in it out. */
  leadsTo(name: string): boolean {
    return !('error' in this.#found) && !this.#leftOut(name, true);
  }

  /** At less cost than `list`; undefined where only that one tells all. */
  glance(): Glance | undefined {
    if ('error' in this.#found) return undefined;
    const { device, dirents, rules } = this.#found;
    const print = new FolderPrint();
    const folders: string[] = [];
    let links = 0;
    print.text(rules.text);
    print.number(Number(device));
    const prefix = this.#lookPrefix(this.#found);
    for (const dirent of dirents) {
      const { name } = dirent;
      if (name.includes('\ufffd') || isKeyFile(name) || this.#isSecret(name)) return undefined;
      if (isPrivate(name)) continue;
      if (dirent.isDirectory()) {
        if (this.#leftOut(name, true)) continue;
        folders.push(name);
      } else if (dirent.isSymbolicLink()) links += 1;
      else if (dirent.isFile()) {
        if (this.#leftOut(name, false)) continue;
        const stats = lstatSync(prefix + name, QUIET);
        if (!stats?.isFile()) return undefined;
        // A time of change is later after every write, whoever sets the other time back.
        print.number(stats.ino);
        print.number(stats.size);
        print.number(stats.mtimeMs);
        print.number(stats.ctimeMs);
      } else return undefined;
      print.text(name);
    }
    return { print: print.finish(), folders, links };
  }

  list(): Listing {
    const listing = new ListingBuilder(this.#relative);
    if ('error' in this.#found) return listing.incomplete(this.#found.error);
    const { dirents } = this.#found;
    if (dirents.some(({ name }) => isKeyFile(name)) && isDataFolder(dirents.map(({ name }) => name))) {
      listing.problem('data-folder', '', 'it is a data folder of peerdex, which holds keys');
      return listing.finish();
    }
    try {
      for (const dirent of dirents) {
        if (isKeyFile(dirent.name))
          listing.problem('key', dirent.name, 'it is named like a private key of peerdex');
        else if (!isPrivate(dirent.name)) this.#take(listing, this.#found, dirent);
      }
      return listing.finish();
    } catch (error) {
      return listing.incomplete(error);
    }
  }

  close(): void {
    if (!('error' in this.#found)) this.#found.folder.close();
  }

  #take(listing: ListingBuilder, found: Found, dirent: Dirent): void {
    const { name } = dirent;
    // Bytes that are not UTF-8 read as U+FFFD, and a file of that name is then not there.
    const doubtful = name.includes('\ufffd');
    if (!doubtful && dirent.isSymbolicLink()) return listing.link();
    if (!doubtful && dirent.isDirectory()) return this.#folder(listing, name);
    const out = doubtful ? undefined : this.#leftOut(name, false);
    if (out === 'secret') return listing.problem(out, name, secretWords(name));
    if (out) return;
    const look = { bigint: true, throwIfNoEntry: false } as const;
    const stats =
      lstatSync(this.#lookPrefix(found) + name, look) ?? lstatSync(`${found.folder.path}/${name}`, look);
    if (!stats) {
      if (doubtful) listing.problem('not-utf8', name, 'its name is not valid UTF-8');
    } else if (stats.isFile()) {
      listing.add({ name, kind: 'file', ...lookOf(stats) });
    } else if (stats.isDirectory()) this.#folder(listing, name);
    else if (stats.isSymbolicLink()) listing.link();
    else listing.problem('special', name, 'it is no regular file');
  }

  #folder(listing: ListingBuilder, name: string): void {
    const out = this.#leftOut(name, true);
    if (out === 'secret') return listing.problem(out, name, secretWords(name));
    if (out) return;
    listing.add({ name, kind: 'folder', size: 0, mtime: 0n, executable: false, device: 0n, inode: 0n });
  }

  #isSecret(name: string): boolean {
    return maySecret(name) && isSecret(`${this.#root}/${this.#below(name)}`);
  }

  #leftOut(name: string, isFolder: boolean): 'rules' | 'secret' | 'excluded' | undefined {
    const isPlain = this.rules.isEmpty && !maySecret(name);
    const out = isPlain ? undefined : this.rules.leavesOut(this.#root, this.#below(name), isFolder);
    if (out || !isFolder || this.#exclude.size === 0) return out;
    return this.#exclude.has(join(this.#root, this.#below(name))) ? 'excluded' : undefined;
  }

  /**
   * What names are looked at by. The way by a descriptor cannot be led astray and takes twice as long, so the way by names is taken
   * where it is no longer than the system allows: names and kinds come from the descriptor, and a look that was led astray is found
   * out when the file is opened to be hashed.
   */
  #lookPrefix({ folder }: Found): string {
    const byName = this.#root.endsWith('/') ? this.#root : `${this.#root}/`;
    const path = this.#relative === '' ? byName : `${byName}${this.#relative}/`;
    return path.length < LONG_PATH ? path : `${folder.path}/`;
  }

  #below(name: string): string {
    return this.#relative === '' ? name : `${this.#relative}/${name}`;
  }
}

const QUIET = { throwIfNoEntry: false } as const;
/** In UTF-16 units, each of which is at most 3 bytes, of the 4096 that Linux takes. */
const LONG_PATH = 1200;

const secretWords = (name: string): string =>
  `keys and passwords are kept there; a line !${name} in ${IGNORE_FILE} shares it`;

const isPrivate = (name: string): boolean => name.startsWith(PRIVATE_PREFIX) || name === IGNORE_FILE;
