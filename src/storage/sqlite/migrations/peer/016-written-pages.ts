import type { Migration } from '../../database.ts';
import { joined, lowestFirst } from '../packed-columns.ts';

/** As one blob, in the order of the files. */
const ofFiles = (hex: string): string => joined(hex, 'place');

export const writtenPages: Migration = {
  name: '016-written-pages',
  sql: `
    -- Up to 128 files below one root, in the order in which they were written; the number of the last is the row's id. Of each: a byte in
    -- gone (1: something else stands there), 32 in contents, 8 in sizes, mtimes, devices and inodes, the lowest first, a name in a JSON array,
    -- 64 in hashes (zeros of an empty file; NULL where they stand in their own tables).
    CREATE TABLE written_page (
      id       INTEGER PRIMARY KEY,
      files    INTEGER NOT NULL,
      root     TEXT NOT NULL,
      stamp    INTEGER NOT NULL,
      gone     BLOB NOT NULL,
      contents BLOB NOT NULL,
      sizes    BLOB NOT NULL,
      mtimes   BLOB NOT NULL,
      devices  BLOB NOT NULL,
      inodes   BLOB NOT NULL,
      names    TEXT NOT NULL,
      hashes   BLOB
    ) STRICT;

    CREATE TEMP TABLE placed AS
      SELECT *, row_number() OVER (PARTITION BY root, hashes IS NULL ORDER BY id) - 1 AS place FROM written_files;

    INSERT INTO written_page
      SELECT sum(count(*)) OVER (ORDER BY min(id)), count(*), root, max(stamp), zeroblob(count(*)),
             ${ofFiles('hex(content)')}, ${ofFiles(lowestFirst('size'))}, ${ofFiles(lowestFirst('mtime'))},
             ${ofFiles(lowestFirst('device'))}, ${ofFiles(lowestFirst('inode'))}, json_group_array(relative ORDER BY place),
             iif(hashes IS NULL, NULL, ${ofFiles(`iif(length(hashes) = 64, hex(hashes), '${'0'.repeat(128)}')`)})
        FROM placed GROUP BY root, hashes IS NULL, place / 128;

    DROP TABLE placed;
    DROP TABLE written_files;
  `,
};
