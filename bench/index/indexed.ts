import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CHUNK_LIMITS } from '../../src/storage/sqlite/search/build-chunks.ts';

/** Whether the search index of a peer has all entries but those that are too few for another chunk. `data`: its data folder. */
export function isIndexed(data: string): boolean {
  const search = path.join(data, 'search.db');
  if (!existsSync(search)) return false;
  try {
    const given = last(path.join(data, 'peer.db'), 'SELECT last FROM entry_numbers');
    return given - last(search, 'SELECT max(last) AS last FROM chunks') < CHUNK_LIMITS.least;
  } catch {
    // It is being made.
    return false;
  }
}

function last(file: string, sql: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(database.prepare(sql).get()!.last ?? 0);
  } finally {
    database.close();
  }
}
