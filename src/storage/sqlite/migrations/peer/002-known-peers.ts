import type { Migration } from '../../database.ts';

export const knownPeers: Migration = {
  name: '002-known-peers',
  sql: `
    -- Other peers as the registry last told of them. Times are milliseconds since 1970.
    CREATE TABLE known_peer (
      id TEXT PRIMARY KEY,          -- peer id, 32 hex digits
      name TEXT NOT NULL,
      addresses TEXT NOT NULL,      -- JSON: [{"host","port"}], best first
      active INTEGER NOT NULL CHECK (active IN (0, 1)),
      since INTEGER NOT NULL,       -- when it registered last
      last_seen INTEGER NOT NULL,   -- when the registry last listed it as active
      head_index TEXT,              -- how far its index goes; both or neither
      head_seq INTEGER,
      files INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      CHECK ((head_index IS NULL) = (head_seq IS NULL))
    ) STRICT, WITHOUT ROWID;
  `,
};
