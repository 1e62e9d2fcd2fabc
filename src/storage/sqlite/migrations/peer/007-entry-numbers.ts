import type { Migration } from '../../database.ts';

/**
 * A row of `entries` gets a number that no row had before whenever it comes to life, is deleted, or its kind, size, mtime or content
 * change; one number is spent when rows are removed. So whoever indexes rows by number need only look at higher ones, finds those that
 * changed gone, and sees by the last number whether the database fell back behind what it knows.
 */
export const entryNumbers: Migration = {
  name: '007-entry-numbers',
  sql: `
CREATE TABLE entry_numbers (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  database TEXT NOT NULL,         -- drawn when the table was made
  last INTEGER NOT NULL           -- the last number given
) STRICT;
INSERT INTO entry_numbers (one, database, last)
  SELECT 1, lower(hex(randomblob(16))), coalesce(max(id), 0) FROM entries;
`,
};
