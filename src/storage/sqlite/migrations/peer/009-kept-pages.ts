import type { Migration } from '../../database.ts';

/** Pages of others as their owners signed them, to be passed on; and the jumps in the numbers of the own log. */
export const keptPages: Migration = {
  name: '009-kept-pages',
  sql: `
CREATE TABLE pages (
  owner TEXT NOT NULL,            -- peer id
  since INTEGER NOT NULL,         -- the page begins after this number
  index_id TEXT NOT NULL,
  reach INTEGER NOT NULL,         -- who has it knows the log so far
  last INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  records INTEGER NOT NULL,
  key BLOB NOT NULL,
  signature BLOB NOT NULL,
  body BLOB NOT NULL,             -- raw deflate of the bytes that were signed
  PRIMARY KEY (owner, since)
) STRICT;
ALTER TABLE owners ADD COLUMN jumps TEXT;  -- JSON: [[after, begins], ...]; NULL for none and for others
`,
};
