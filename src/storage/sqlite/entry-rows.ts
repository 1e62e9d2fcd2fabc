import type { Jump, LogRecord, OwnedEntry } from '../../core/entry.ts';
import type { IndexId } from '../../core/ids.ts';
import type { OwnerState } from '../../core/ports/entry-store.ts';
import { contentText, kindName, type Row } from './values.ts';

/** Nanoseconds do not fit a JavaScript number, so they are read as text. */
export const ENTRY_COLUMNS =
  'id, owner, parent, name, kind, size, CAST(mtime AS TEXT) AS mtime, executable, content, flag, seq';

export function recordOf(row: Row): LogRecord {
  return {
    path: row.parent === '' ? (row.name as string) : `${row.parent}/${row.name}`,
    kind: kindName(row.kind),
    size: row.size as number,
    mtime: BigInt(row.mtime as string),
    executable: row.executable === 1,
    content: contentText(row.content),
    flag: row.flag === 1 ? 1 : 0,
    seq: row.seq as number,
  };
}

export const ownedOf = (row: Row, owner: string): OwnedEntry => ({ ...recordOf(row), owner });

export function ownerOf(row: Row): OwnerState {
  const snapshot =
    row.snapshot_index === null
      ? undefined
      : {
          index: row.snapshot_index as IndexId,
          seq: row.snapshot_seq as number,
          floor: row.snapshot_floor as number,
          last: row.snapshot_last as number,
        };
  return {
    owner: row.peer as string,
    index: row.index_id as IndexId,
    seq: row.seq as number,
    floor: row.floor as number,
    snapshot,
    ...(row.jumps !== null && { jumps: JSON.parse(row.jumps as string) as Jump[] }),
    updated: row.updated as number,
    files: row.files as number,
    bytes: row.bytes as number,
    folders: row.folders as number,
    records: row.records as number,
    pathBytes: row.path_bytes as number,
  };
}
