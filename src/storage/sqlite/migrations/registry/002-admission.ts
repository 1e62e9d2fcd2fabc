import type { Migration } from '../../database.ts';

export const admission: Migration = {
  name: '002-admission',
  sql: `
    -- What lets newcomers in. Times are milliseconds since 1970.
    CREATE TABLE invite (
      id TEXT PRIMARY KEY,          -- 16 hex digits, made from the secret
      secret BLOB NOT NULL,         -- 16 bytes
      role TEXT NOT NULL CHECK (role IN ('fetch', 'publish', 'admin')),
      created INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      uses INTEGER,                 -- how many it may admit; NULL: any number
      used INTEGER NOT NULL,        -- how many it has admitted
      standing INTEGER NOT NULL CHECK (standing IN (0, 1)),
      withdrawn INTEGER             -- when somebody whom it had admitted was revoked
    ) STRICT, WITHOUT ROWID;

    -- Who was admitted.
    CREATE TABLE member (
      peer TEXT PRIMARY KEY,        -- peer id, 32 hex digits
      public_key BLOB NOT NULL,     -- SPKI, DER
      name TEXT NOT NULL,           -- as handed out last
      role TEXT NOT NULL CHECK (role IN ('fetch', 'publish', 'admin')),
      invites TEXT NOT NULL,        -- JSON: ids of the invites that it came in by, the newest last
      admitted INTEGER NOT NULL,
      ticket_ends INTEGER NOT NULL  -- of the last ticket that it was given; 0: none yet
    ) STRICT, WITHOUT ROWID;

    -- Who is no member any more.
    CREATE TABLE revocation (
      peer TEXT PRIMARY KEY,
      revoked INTEGER NOT NULL,
      number INTEGER NOT NULL,      -- of the list that named it first
      ticket_ends INTEGER NOT NULL  -- of the last ticket that it can have
    ) STRICT, WITHOUT ROWID;

    -- The list of revocations: one row.
    CREATE TABLE revocation_list (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      number INTEGER NOT NULL
    ) STRICT;
    INSERT INTO revocation_list (one, number) VALUES (1, 0);
  `,
};
