import type { DatabaseSync } from 'node:sqlite';
import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { LocalFileStore, WrittenPlace } from '../../core/ports/local-file-store.ts';
import { inTransaction } from './database.ts';
import { HintTable, keyOf } from './hint-table.ts';
import { viewOf } from './packed.ts';
import { Statements } from './statements.ts';
import {
  contentKey,
  contentKeyAt,
  firstOf,
  hashesAt,
  namesOf,
  PAGE_FILES,
  ReadPage,
  type WrittenPage,
  writtenPage,
} from './written-page.ts';

/**
 * Files outside the shares that peerdex wrote, the newest ones, in a peer's database: many in a row, each with a number of its own. Where a
 * content or a name may stand is known in memory; the rows say whether it does. One connection writes them.
 */
export class WrittenFiles {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  /** Read when it is first asked for. */
  #hints: HintTable | undefined;
  /** The number of the file that comes next. No number is given twice, also where what had it was rolled back. */
  #next = 1;
  /** How far it had come when it was last looked for what is too old. */
  #looked = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database, { bigints: false });
  }

  /** Beyond `keep` files the oldest go, a page at a time. */
  put(files: readonly WrittenPlace[], now: number, keep: number): void {
    inTransaction(this.#database, () => {
      this.#next = Math.max(this.#next, this.#bounds().next);
      for (const page of pagesOf(files)) this.#putPage(page, now);
      this.#dropOldest(keep);
    });
  }

  #putPage(some: readonly WrittenPlace[], now: number): void {
    const { root } = some[0]!;
    const rootKey = keyOf(root);
    const keysOf = (places: readonly WrittenPlace[]) =>
      places.map(({ relative }) => keyOf(relative, rootKey));
    let [files, keys] = [some, keysOf(some)];
    if (haveTwins(keys)) {
      files = lastOfEachName(some);
      keys = keysOf(files);
    }
    const names = files.map(({ relative }) => relative);
    this.#forget(root, names, keys);
    const page = writtenPage(root, files);
    const hints = this.#hintsFor(2 * files.length);
    const first = this.#next;
    this.#next += files.length;
    this.#statements
      .of(PUT)
      .run(
        ...[this.#next - 1, page.files, page.root, now, page.gone, page.contents],
        ...[page.sizes, page.mtimes, page.devices, page.inodes, page.names, page.hashes],
      );
    const contents = viewOf(page.contents);
    for (const [at, key] of keys.entries()) {
      hints.add(contentKeyAt(contents, at), first + at);
      hints.add(key, first + at);
    }
  }

  remove(root: string, relative: string): void {
    this.#forget(root, [relative], [keyOf(relative, keyOf(root))]);
  }

  /** What stands under these names: something else does now. */
  #forget(root: string, names: readonly string[], keys: readonly number[]): void {
    const changed = new Set<WrittenPage>();
    for (const { page, place, at } of this.#standing(keys)) {
      if (page.row.root !== root || page.names[place] !== names[at]) continue;
      page.row.gone[place] = 1;
      changed.add(page.row);
    }
    for (const { gone, id } of changed) {
      if (gone.includes(0))
        this.#statements.of('UPDATE written_page SET gone = ? WHERE id = ?').run(gone, id);
      else this.#statements.of('DELETE FROM written_page WHERE id = ?').run(id);
    }
  }

  of(content: ContentId): readonly LocalFile[] {
    return [...this.#having([content])].map(({ page, place }) => page.fileAt(place));
  }

  /** Adds where each content lies to what was found of it. */
  addTo(found: readonly LocalFile[][], contents: readonly ContentId[]): void {
    for (const { at, page, place } of this.#having(contents)) found[at]!.push(page.fileAt(place));
  }

  hashesOf(content: ContentId): ReturnType<LocalFileStore['writtenHashes']> {
    for (const { page, place } of this.#having([content])) {
      const { hashes } = this.#statements
        .of('SELECT hashes FROM written_page WHERE id = ?')
        .get(page.row.id)!;
      const size = page.sizeAt(place);
      if (hashes !== null) return { size, hashes: hashesAt(hashes as Uint8Array, place, size) };
    }
    return undefined;
  }

  *#having(contents: readonly ContentId[]): Iterable<Standing> {
    for (const standing of this.#standing(contents.map(contentKey)))
      if (standing.page.contentAt(standing.place) === contents[standing.at]) yield standing;
  }

  /** What stands where the keys hint at, in the order of the pages, each of which is read once. */
  *#standing(keys: readonly number[]): Iterable<Standing> {
    const hints = this.#hintsFor(0);
    const hits: { readonly number: number; readonly at: number }[] = [];
    for (const [at, key] of keys.entries()) for (const number of hints.of(key)) hits.push({ number, at });
    hits.sort((a, b) => a.number - b.number);
    let page: ReadPage | undefined;
    for (const { number, at } of hits) {
      if (!page || page.row.id < number) {
        const row = this.#statements.of(PAGE_FROM).get(number) as unknown as WrittenPage | undefined;
        if (!row) return;
        page = new ReadPage(row);
      }
      const place = page.placeOf(number);
      if (place !== undefined) yield { at, page, place };
    }
  }

  /** With room for so many more. */
  #hintsFor(more: number): HintTable {
    this.#hints ??= this.#readHints();
    if (this.#hints.free < more) this.#hints = this.#hints.withRoom(more, this.#bounds().first - 1);
    return this.#hints;
  }

  #readHints(): HintTable {
    const { first, next } = this.#bounds();
    const hints = new HintTable(2 * (next - first) + MORE, first - 1);
    const pages = this.#statements
      .of('SELECT id, files, root, contents, names, gone FROM written_page')
      .iterate();
    for (const page of pages as Iterable<unknown> as Iterable<WrittenPage>) {
      const contents = viewOf(page.contents);
      const rootKey = keyOf(page.root);
      for (const [place, name] of namesOf(page).entries()) {
        if (page.gone[place] === 1) continue;
        hints.add(contentKeyAt(contents, place), firstOf(page) + place);
        hints.add(keyOf(name, rootKey), firstOf(page) + place);
      }
    }
    return hints;
  }

  /** The number of the oldest file, and of the one that comes next. */
  #bounds(): { readonly first: number; readonly next: number } {
    const { first, next } = this.#statements.of(BOUNDS).get()!;
    return { first: Number(first ?? 1), next: Number(next ?? 1) };
  }

  /** Only when some more than may stay have gathered. */
  #dropOldest(keep: number): void {
    const some = Math.floor(keep / 64);
    if (this.#next - this.#bounds().first <= keep + some || this.#next - this.#looked <= some) return;
    this.#looked = this.#next;
    let surplus =
      Number(this.#statements.of('SELECT sum(files) AS files FROM written_page').get()!.files) - keep;
    let last = 0;
    for (const { id, files } of this.#statements
      .of('SELECT id, files FROM written_page ORDER BY id')
      .iterate()) {
      surplus -= Number(files);
      if (surplus < 0) break;
      last = Number(id);
    }
    this.#statements.of('DELETE FROM written_page WHERE id <= ?').run(last);
  }
}

/** Files that follow each other and may stand in one page. */
function* pagesOf(files: readonly WrittenPlace[]): Iterable<readonly WrittenPlace[]> {
  for (let [from, to] = [0, 0]; from < files.length; from = to) {
    const { root, hashes } = files[from]!;
    const last = Math.min(files.length, from + PAGE_FILES);
    for (to = from + 1; to < last; to += 1)
      if (files[to]!.root !== root || (files[to]!.hashes === undefined) !== (hashes === undefined)) break;
    yield files.slice(from, to);
  }
}

/** Whether two may be equal. A sort of numbers takes a tenth of a set of names. */
function haveTwins(keys: readonly number[]): boolean {
  const sorted = Int32Array.from(keys).sort();
  return sorted.some((key, at) => key === sorted[at + 1]);
}

/** Of one name the last counts. */
const lastOfEachName = (files: readonly WrittenPlace[]): readonly WrittenPlace[] => [
  ...new Map(files.map((file) => [file.relative, file])).values(),
];

/** What a key of a list hinted at. */
interface Standing {
  /** Of the key in its list. */
  readonly at: number;
  readonly page: ReadPage;
  readonly place: number;
}

/** Hints that there is room for at first, beside those of what is there. */
const MORE = 16_384;

const PUT = `INSERT INTO written_page (id, files, root, stamp, gone, contents, sizes, mtimes, devices, inodes, names, hashes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The page with that number, or the next one where it went. */
const PAGE_FROM = `SELECT id, files, root, gone, contents, sizes, mtimes, devices, inodes, names FROM written_page
  WHERE id >= ? ORDER BY id LIMIT 1`;

const BOUNDS = `SELECT (SELECT id - files + 1 FROM written_page ORDER BY id LIMIT 1) AS first,
    (SELECT max(id) + 1 FROM written_page) AS next`;
