import type { Migration } from '../../database.ts';

export const links: Migration = {
  name: '006-links',
  sql: `
    -- Links by which somebody outside the network fetches a file or folder. Times are milliseconds since 1970.
    CREATE TABLE links (
      id      TEXT PRIMARY KEY,                          -- 16 hex digits
      kind    INTEGER NOT NULL CHECK (kind IN (0, 1)),   -- 0 file, 1 folder
      what    TEXT NOT NULL,                             -- content id of a file, index path of a folder
      path    TEXT NOT NULL,                             -- where it lay when the link was made
      size    INTEGER,                                   -- of a file
      created INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      revoked INTEGER,
      used    INTEGER NOT NULL,
      CHECK ((size IS NULL) = (kind = 1))
    ) STRICT;
  `,
};
