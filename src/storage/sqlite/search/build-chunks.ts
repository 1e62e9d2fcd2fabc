import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../database.ts';
import { contentMarks } from './content-mark.ts';
import { GramTable } from './gram-table.ts';
import { gramsOf } from './grams.ts';
import { dayOf, sizeClass } from './row-classes.ts';
import { writePosting } from './row-set.ts';
import { type Chunk, chunksOf, dropChunk } from './search-database.ts';

/** Rows that are not worth a chunk: they are looked at one by one. */
export const LEAST_ROWS = 4096;
const MOST_ROWS = 65_536;

/**
 * Brings the rows of `entries` (`peer`, read only) that are new into the search index, chunk by chunk; small chunks grow together, and
 * those of which much is gone are made anew. Ends when fewer than LEAST_ROWS are left.
 */
export function buildChunks(peer: DatabaseSync, search: DatabaseSync): void {
  for (let left = true; left; ) left = addChunk(peer, search);
  compact(peer, search);
}

function addChunk(peer: DatabaseSync, search: DatabaseSync): boolean {
  const chunks = chunksOf(search);
  const end = lastNumber(peer);
  const from = (chunks.at(-1)?.last ?? 0) + 1;
  let rows = end - from + 1;
  if (rows < LEAST_ROWS) return false;
  const taken: Chunk[] = [];
  for (let chunk = chunks.pop(); chunk && fits(chunk, rows); chunk = chunks.pop()) {
    taken.push(chunk);
    rows += chunk.rows;
  }
  replace(peer, search, taken, taken.at(-1)?.first ?? from, end);
  return true;
}

const lastNumber = (peer: DatabaseSync): number =>
  Number(peer.prepare('SELECT last FROM entry_numbers').get()!.last);

const fits = (chunk: Chunk, rows: number): boolean =>
  chunk.full === 0 && chunk.rows <= rows && chunk.rows + rows <= MOST_ROWS;

/** Chunks side by side whose rows that are left fit into one, where half of all rows are gone. */
function compact(peer: DatabaseSync, search: DatabaseSync): void {
  const chunks = chunksOf(search);
  const indexed = chunks.reduce((sum, { rows }) => sum + rows, 0);
  const files = Number(peer.prepare('SELECT total(files) AS files FROM owners').get()!.files);
  if (indexed <= 2 * files + MOST_ROWS) return;
  const count = peer.prepare(
    'SELECT count(*) AS rows FROM entries WHERE id BETWEEN ? AND ? AND flag = 1 AND kind = 0',
  );
  let group: Chunk[] = [];
  let rows = 0;
  for (const chunk of chunks) {
    const here = Number(count.get(chunk.first, chunk.last)!.rows);
    if (rows + here > MOST_ROWS) {
      replaceGroup(peer, search, group, rows);
      group = [];
      rows = 0;
    }
    group.push(chunk);
    rows += here;
  }
  replaceGroup(peer, search, group, rows);
}

function replaceGroup(peer: DatabaseSync, search: DatabaseSync, group: readonly Chunk[], rows: number): void {
  const was = group.reduce((sum, chunk) => sum + chunk.rows, 0);
  if (was === rows && group.length <= 1) return;
  const end = group.at(-1)!.last;
  let { last } = replace(peer, search, group, group[0]!.first, end);
  // Names that are very long may take more than one.
  while (last < end) ({ last } = replace(peer, search, [], last + 1, end));
}

/** Makes one chunk from `first` on, at most to `end`, in the place of others. */
function replace(
  peer: DatabaseSync,
  search: DatabaseSync,
  others: readonly Chunk[],
  first: number,
  end: number,
): Chunk {
  const { chunk, store } = readChunk(peer, contentMarks(search), first, end);
  inTransaction(search, () => {
    for (const other of others) dropChunk(search, other.first);
    store(search);
  });
  return chunk;
}

function readChunk(peer: DatabaseSync, markOf: (content: Uint8Array) => number, first: number, end: number) {
  const table = new GramTable();
  const numbers = new Uint32Array(MOST_ROWS);
  const contents = new Uint32Array(MOST_ROWS);
  const owners = new Uint32Array(MOST_ROWS);
  const sizes = new Uint8Array(MOST_ROWS);
  const days = new Uint16Array(MOST_ROWS);
  let rows = 0;
  let last = end;
  const select = peer.prepare(
    `SELECT id, owner, folded, content, size, mtime / 1000000 AS ms FROM entries
     WHERE id BETWEEN ? AND ? AND flag = 1 AND kind = 0 ORDER BY id`,
  );
  for (const { id, owner, folded, content, size, ms } of select.iterate(first, end)) {
    if (rows === MOST_ROWS || table.full || (id as number) - first > 0xffff_ffff) {
      last = (id as number) - 1;
      break;
    }
    const row = rows++;
    numbers[row] = (id as number) - first;
    contents[row] = markOf(content as Uint8Array);
    owners[row] = owner as number;
    sizes[row] = sizeClass(size as number);
    days[row] = dayOf(ms as number);
    gramsOf(folded as string, (a, b, c) => table.add(row, a, b, c));
  }
  const full = last < end && rows < MOST_ROWS ? 1 : 0;
  const seen = lastNumber(peer);
  const chunk: Chunk = { first, last, rows, full, seen };
  const store = (search: DatabaseSync): void => {
    search
      .prepare(
        `INSERT INTO chunks (first, last, rows, full, seen, numbers, contents, owners, sizes, days)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[first, last, rows, full, seen],
        ...[numbers, contents, owners, sizes, days].map((column) => bytesOf(column, rows)),
      );
    const insert = search.prepare('INSERT INTO grams (chunk, gram, rows) VALUES (?, ?, ?)');
    for (const { gram, rows: having } of table.postings())
      insert.run(first, gram, writePosting(having, rows));
  };
  return { chunk, store };
}

const bytesOf = (array: Uint8Array | Uint16Array | Uint32Array, rows: number): Uint8Array =>
  new Uint8Array(array.buffer, 0, rows * array.BYTES_PER_ELEMENT);
