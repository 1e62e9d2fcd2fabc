import type { DatabaseSync } from 'node:sqlite';
import { askOnce } from '../../core/ask-once.ts';
import type { EntryKind, LogRecord, OwnedEntry } from '../../core/entry.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import { baseName, type IndexPath, parentPath } from '../../core/index-path.ts';
import type {
  ContentPlace,
  Cursor,
  EntryQueries,
  NameQuery,
  OwnerState,
  Owners,
  Stretch,
} from '../../core/ports/entry-store.ts';
import type { Candidate } from '../../core/ports/name-search.ts';
import {
  below,
  CANDIDATE_COLUMNS,
  candidateOf,
  type EntryRow,
  type LiveRow,
  liveOf,
  OWNERS_OF_EACH,
  ownedOf,
  ownerOf,
  PLACES_OF_EACH,
  pathOf,
  recordOf,
} from './entry-rows.ts';
import { EntryStatements } from './entry-statements.ts';
import { OwnerNumbers } from './owner-numbers.ts';
import { contentBlob, kindNumber } from './values.ts';

/** Reads the index out of a peer's database; works on a read-only connection too. */
export class SqliteEntryQueries implements EntryQueries {
  protected readonly database: DatabaseSync;
  protected readonly statements: EntryStatements;
  protected readonly numbering: OwnerNumbers;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.statements = new EntryStatements(database);
    this.numbering = new OwnerNumbers(this.statements);
  }

  owners(): readonly OwnerState[] {
    return this.statements.all('SELECT * FROM owners ORDER BY id').map(ownerOf);
  }

  owner(owner: PeerId): OwnerState | undefined {
    return this.statements.all('SELECT * FROM owners WHERE peer = ?', owner).map(ownerOf)[0];
  }

  entry(owner: PeerId, path: IndexPath): LogRecord | undefined {
    const [row] = this.statements.entries(AT, this.numbering.of(owner), parentPath(path), baseName(path));
    return row && recordOf(row);
  }

  page(owner: PeerId, since: number, limit: number): readonly LogRecord[] {
    return this.statements
      .entries('WHERE owner = ? AND seq > ? ORDER BY seq LIMIT ?', this.numbering.of(owner), since, limit)
      .map(recordOf);
  }

  deletions(owner: PeerId, since: number, upTo: number, limit: number): readonly LogRecord[] {
    const where = 'WHERE owner = ? AND seq > ? AND seq <= ? AND flag = 0 ORDER BY seq LIMIT ?';
    return this.statements.entries(where, this.numbering.of(owner), since, upTo, limit).map(recordOf);
  }

  children(owner: PeerId, folder: string, limit: number, from: Cursor = ''): Stretch<LogRecord> {
    const rows = this.statements.entries(CHILDREN, this.numbering.of(owner), folder, from, limit);
    return { items: rows.map(recordOf), next: rows.length < limit ? undefined : nameOf(rows.at(-1)!) };
  }

  below(owner: PeerId, folder: string, limit: number, from?: Cursor): Stretch<LogRecord> {
    const [parent, name] = from === undefined ? [folder, ''] : (JSON.parse(from) as [string, string]);
    const number = this.numbering.of(owner);
    const rows: LiveRow[] = [];
    if (parent === folder) rows.push(...this.statements.live(CHILDREN, number, folder, name, limit));
    if (rows.length < limit) {
      // '0' is the character after '/': the range holds every folder below and no neighbour such as `photos-2`.
      const start: [string, string] = parent === folder ? [below(folder, '/'), ''] : [parent, name];
      rows.push(...this.statements.live(BELOW, number, ...start, below(folder, '0'), limit - rows.length));
    }
    const items = rows.map(liveOf);
    const last = items.at(-1)?.path;
    const isMore = last !== undefined && rows.length === limit;
    return { items, next: isMore ? JSON.stringify([parentPath(last), baseName(last)]) : undefined };
  }

  byContent(content: ContentId, owners: Owners, limit: number): readonly OwnedEntry[] {
    const found: OwnedEntry[] = [];
    for (const owner of this.ownersOfEach([content])[0]!) {
      if (found.length === limit) break;
      if (!owners.has(owner)) continue;
      const values = [contentBlob(content), this.numbering.of(owner), limit - found.length];
      found.push(...this.#owned(this.statements.entries(OF_CONTENT, ...values)));
    }
    return found;
  }

  placesOfEach(contents: readonly ContentId[]): readonly (readonly ContentPlace[])[] {
    const places = contents.map((): ContentPlace[] => []);
    for (const row of this.statements.all(PLACES_OF_EACH, JSON.stringify(contents)))
      places[row.place as number]!.push({
        owner: this.numbering.peer(row.owner as number),
        path: pathOf(row.parent as string, row.name as string),
      });
    return places;
  }

  ownersOfEach(contents: readonly ContentId[]): readonly (readonly PeerId[])[] {
    // Most contents have the same owners.
    const lists = new Map<unknown, readonly PeerId[]>([[null, []]]);
    const listOf = (owners: unknown) => {
      const known = lists.get(owners);
      if (known) return known;
      const list = String(owners)
        .split(',')
        .map((number) => this.numbering.peer(Number(number)));
      lists.set(owners, list);
      return list;
    };
    return askOnce(contents, (distinct) => {
      const found: (readonly PeerId[])[] = [];
      for (const [place, owners] of this.statements.arrays(OWNERS_OF_EACH, JSON.stringify(distinct)))
        found[place as number] = listOf(owners);
      return found;
    });
  }

  byName(name: string, kind: EntryKind, limit: number, from: Cursor = '0'): Stretch<OwnedEntry> {
    const [end] = this.statements.all(END_OF_NAME, name, Number(from), limit - 1);
    const last = end ? (end.id as number) : Number.MAX_SAFE_INTEGER;
    const rows = this.statements.entries(OF_NAME, name, Number(from), last, kindNumber(kind));
    return { items: this.#owned(rows), next: end && String(last) };
  }

  matching(query: NameQuery, limit: number, from: Cursor = '0'): Stretch<OwnedEntry> {
    const window = this.#window(Number(from), limit);
    if (!window) return { items: [] };
    const [condition, values, kind] =
      'parts' in query
        ? [query.parts.map(() => 'instr(folded, ?) > 0').join(' AND ') || '1', query.parts, 'file' as const]
        : [
            'length(name) >= ? AND substr(name, 1, length(?2)) = ?2 AND substr(name, length(name) - length(?3) + 1) = ?3',
            [[...query.start].length + [...query.end].length, query.start, query.end],
            query.kind,
          ];
    const rows = this.statements.entries(
      `WHERE ${condition} AND flag = 1 AND kind = ? AND id > ? AND id <= ?`,
      ...values,
      kindNumber(kind),
      Number(from),
      window.last,
    );
    return { items: this.#owned(rows), next: window.end ? undefined : String(window.last) };
  }

  rows(limit: number, from?: Cursor): Stretch<OwnedEntry> {
    // By path and not by number: a row that changes gets a higher one, and would come twice.
    const place = from === undefined ? [0, '', ''] : (JSON.parse(from) as [number, string, string]);
    const rows = this.statements.entries(
      'WHERE (owner, parent, name) > (?, ?, ?) AND kind = 0 ORDER BY owner, parent, name LIMIT ?',
      ...place,
      limit,
    );
    const last = rows.at(-1);
    const next =
      last && rows.length === limit ? JSON.stringify([last[0], parentOf(last), nameOf(last)]) : undefined;
    return { items: this.#owned(rows), next };
  }

  /** Live files with these numbers, those that are still there, with them. */
  numbered(numbers: readonly number[]): [number, Candidate][] {
    const rows = this.statements.all(
      `SELECT id, ${CANDIDATE_COLUMNS} FROM entries
       WHERE id IN (SELECT value FROM json_each(?)) AND flag = 1 AND kind = 0`,
      JSON.stringify(numbers),
    );
    return rows.map((row) => [row.id as number, candidateOf(row, this.numbering.peer(row.owner as number))]);
  }

  /** The numbers of those of them who have rows. */
  ownerNumbers(owners: ReadonlySet<PeerId>): Set<number> {
    return this.numbering.ofThose(owners);
  }

  /** Which database this is, and the last number that a row of `entries` got. */
  numbers(): { readonly database: string; readonly last: number } {
    return this.statements.first('SELECT database, last FROM entry_numbers') as {
      database: string;
      last: number;
    };
  }

  /** To be called before reading where another connection may have removed owners: their numbers are given again. */
  forgetOwners(): void {
    this.numbering.forgetAll();
  }

  /** The id of the last row of a stretch of `limit` rows above `from`; undefined when there is none. */
  #window(from: number, limit: number): { last: number; end: boolean } | undefined {
    const at = this.statements.first(
      'SELECT id FROM entries WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?',
      from,
      limit - 1,
    );
    if (at) return { last: at.id as number, end: false };
    const last = this.statements.first('SELECT max(id) AS id FROM entries WHERE id > ?', from)?.id as
      | number
      | null;
    return last === null ? undefined : { last, end: true };
  }

  #owned(rows: readonly EntryRow[]): OwnedEntry[] {
    return rows.map((row) => ownedOf(row, this.numbering.peer(row[0])));
  }
}

/** Made once: a text that is put together anew for each of many calls costs more than the query. */
const AT = 'WHERE owner = ? AND parent = ? AND name = ?';
const CHILDREN = 'WHERE owner = ? AND parent = ? AND name > ? AND flag = 1 ORDER BY name LIMIT ?';
const BELOW =
  'WHERE owner = ? AND (parent, name) > (?, ?) AND parent < ? AND flag = 1 ORDER BY parent, name LIMIT ?';

const OF_CONTENT = 'WHERE content = ? AND owner = ? LIMIT ?';
const END_OF_NAME = 'SELECT id FROM entries WHERE name = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?';
const OF_NAME = 'WHERE name = ? AND id > ? AND id <= ? AND kind = ? AND flag = 1 ORDER BY id';

const parentOf = ([, parent]: EntryRow): string => parent;
const nameOf = ([, , name]: EntryRow): string => name;
