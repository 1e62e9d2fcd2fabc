import type { Jump, LogRecord, OwnedEntry } from '../../core/entry.ts';
import type { ContentId, IndexId } from '../../core/ids.ts';
import type { OwnerState } from '../../core/ports/entry-store.ts';
import type { Candidate } from '../../core/ports/name-search.ts';
import { kindName, type Row } from './values.ts';

/** Nanoseconds do not fit a JavaScript number, so they are read as text. Rows are arrays: objects take twice the time. */
export const ENTRY_COLUMNS =
  'owner, parent, name, kind, size, CAST(mtime AS TEXT), executable, lower(hex(content)), flag, seq';

/** `content`: '' where there is none. */
export type EntryRow = readonly [
  owner: number,
  parent: string,
  name: string,
  kind: number,
  size: number,
  mtime: string,
  executable: number,
  content: string,
  flag: number,
  seq: number,
];

export const pathOf = (parent: string, name: string): string => (parent === '' ? name : `${parent}/${name}`);

export function recordOf(row: EntryRow): LogRecord {
  const [, parent, name, kind, size, mtime, executable, content, flag, seq] = row;
  return {
    path: pathOf(parent, name),
    kind: kindName(kind),
    size,
    mtime: BigInt(mtime),
    executable: executable === 1,
    content: content === '' ? undefined : (content as ContentId),
    flag: flag === 1 ? 1 : 0,
    seq,
  };
}

/** Of live entries of one owner, of which there may be many: nothing that is the same in all of them. */
export const LIVE_COLUMNS =
  "iif(parent = '', name, parent || '/' || name), kind, size, CAST(mtime AS TEXT), executable, lower(hex(content)), seq";

export type LiveRow = readonly [
  path: string,
  kind: number,
  size: number,
  mtime: string,
  executable: number,
  content: string,
  seq: number,
];

export const liveOf = ([path, kind, size, mtime, executable, content, seq]: LiveRow): LogRecord => ({
  path,
  kind: kindName(kind),
  size,
  mtime: BigInt(mtime),
  executable: executable === 1,
  content: content === '' ? undefined : (content as ContentId),
  flag: 1,
  seq,
});

export const ownedOf = (row: EntryRow, owner: string): OwnedEntry => ({ ...recordOf(row), owner });

export const CANDIDATE_COLUMNS =
  'owner, parent, name, folded, size, mtime / 1000000 AS modified, lower(hex(content)) AS content';

export const candidateOf = (row: Row, owner: string): Candidate => ({
  owner,
  path: pathOf(row.parent as string, row.name as string),
  size: row.size as number,
  modified: row.modified as number,
  content: row.content as ContentId,
  folded: row.folded as string,
});

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

/** The range of parents below a folder. Below '' lies everything but the shares: no name begins with a control character. */
export const below = (folder: string, after: '/' | '0'): string => {
  if (folder !== '') return folder + after;
  return after === '/' ? '\u0001' : '\u{10ffff}';
};

/**
 * Of several contents at once, and only what is asked for: a tenth of the time of whole records one after the other. From one owner of a content
 * to the next by its index, so that many copies with one owner cost no more than one.
 */
export const PLACES_OF_EACH = `
  WITH RECURSIVE holder (place, content, owner) AS (
    SELECT key, unhex(value), (SELECT min(owner) FROM entries WHERE content = unhex(value)) FROM json_each(?)
    UNION ALL
    SELECT place, content, (
      SELECT min(entries.owner) FROM entries WHERE entries.content = holder.content AND entries.owner > holder.owner)
    FROM holder WHERE owner IS NOT NULL)
  SELECT holder.place, holder.owner, entries.parent, entries.name FROM holder CROSS JOIN entries
   ON entries.id = (SELECT id FROM entries WHERE content = holder.content AND owner = holder.owner LIMIT 1)`;

/**
 * For each of the contents that a JSON array gives its place there and the numbers of those who list it, or null. What has a content is
 * live, so that the index alone answers.
 */
export const OWNERS_OF_EACH = `
  SELECT key, (SELECT group_concat(DISTINCT owner) FROM entries WHERE content = unhex(value)) FROM json_each(?)`;
