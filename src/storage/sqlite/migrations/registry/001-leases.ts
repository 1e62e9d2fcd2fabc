import type { Migration } from '../../database.ts';

export const leases: Migration = {
  name: '001-leases',
  sql: `
    -- The directory itself: one row.
    CREATE TABLE directory (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      epoch TEXT NOT NULL,          -- 16 hex digits, drawn when this database was made
      version INTEGER NOT NULL      -- of the last change
    ) STRICT;

    -- One row a remembered peer. Times are milliseconds since 1970.
    CREATE TABLE lease (
      id TEXT PRIMARY KEY,          -- peer id, 32 hex digits
      name TEXT NOT NULL UNIQUE,    -- as handed out
      addresses TEXT NOT NULL,      -- JSON: [{"host","port"}], best first
      nonce TEXT NOT NULL,          -- of the peer's start that holds the lease
      head_index TEXT,              -- how far its index goes; both or neither
      head_seq INTEGER,
      files INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      first_registered INTEGER NOT NULL,
      last_registered INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      lease_ends INTEGER NOT NULL,
      active INTEGER NOT NULL CHECK (active IN (0, 1)),
      version INTEGER NOT NULL,     -- of the directory when this row last changed for others
      CHECK ((head_index IS NULL) = (head_seq IS NULL))
    ) STRICT, WITHOUT ROWID;

    -- How often a peer registered on a day (days since 1970, UTC); days that no longer count are dropped.
    CREATE TABLE registration (
      peer TEXT NOT NULL REFERENCES lease (id) ON DELETE CASCADE,
      day INTEGER NOT NULL,
      times INTEGER NOT NULL,
      PRIMARY KEY (peer, day)
    ) STRICT, WITHOUT ROWID;
  `,
};
