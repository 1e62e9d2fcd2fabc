import type { Address } from '../core/address.ts';
import type { OwnedEntry } from '../core/entry.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import { timeOf } from './network-view.ts';

/** One file record of one peer. */
export interface CsvRow {
  readonly file: string;
  /** The address first offered; '' and 0 of a peer that is not known. */
  readonly host: string;
  readonly port: number;
  readonly flag: 0 | 1;
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
  readonly content: ContentId | null;
  readonly peer: PeerId;
}

export const CSV_HEADER = 'file,host,port,flag,size,modified,content,peer\r\n';

/** Where each peer is; asked once a row. */
export type AddressOf = (peer: PeerId) => Address | undefined;

/** All rows, a bounded number at a time. */
export function* csvRows(store: EntryQueries, addressOf: AddressOf): Generator<readonly CsvRow[]> {
  let from: Cursor | undefined;
  do {
    const { items, next } = store.rows(STEP, from);
    yield items.map((entry) => rowOf(entry, addressOf(entry.owner)));
    from = next;
  } while (from !== undefined);
}

/** One line by RFC 4180. Unless `raw`, a text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvLine(
  { file, host, port, flag, size, modified, content, peer }: CsvRow,
  raw = false,
): string {
  const text = raw ? quoted : (value: string) => quoted(FORMULA.test(value) ? `'${value}` : value);
  const fields = [text(file), text(host), port, flag, size, modified, content ?? '', peer];
  return `${fields.join(',')}\r\n`;
}

function rowOf(
  { path, owner, flag, size, mtime, content }: OwnedEntry,
  address: Address | undefined,
): CsvRow {
  return {
    file: path,
    host: address?.host ?? '',
    port: address?.port ?? 0,
    flag,
    size,
    modified: timeOf(mtime),
    content: content ?? null,
    peer: owner,
  };
}

const quoted = (value: string): string =>
  NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;
const STEP = 500;
