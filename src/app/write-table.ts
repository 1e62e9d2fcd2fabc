import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_PREFIX } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import { type AddressOf, CSV_HEADER, csvLine, csvRows } from '../index/csv.ts';

/** Writes the index as CSV: beside the file first, then in its place, so that a reader never sees half of it. Throws as the disk does. */
export async function writeTable(file: string, store: EntryQueries, addressOf: AddressOf): Promise<void> {
  const temporary = join(dirname(file), `${PRIVATE_PREFIX}${basename(file)}`);
  try {
    await writeAll(temporary, pieces(store, addressOf));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function* pieces(store: EntryQueries, addressOf: AddressOf): Generator<string> {
  yield CSV_HEADER;
  for (const rows of csvRows(store, addressOf)) yield rows.map((row) => csvLine(row)).join('');
}

async function writeAll(file: string, texts: Iterable<string>): Promise<void> {
  await using handle = await open(file, 'w');
  for (const text of texts) await handle.writeFile(text);
}
