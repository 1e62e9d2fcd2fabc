import type { Migration } from '../../database.ts';

export const jobs: Migration = {
  name: '003-jobs',
  sql: `
    -- A download that the user asked for. Times are milliseconds since 1970.
    CREATE TABLE job (
      id        TEXT PRIMARY KEY,
      what      TEXT NOT NULL,
      state     TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')),
      reason    TEXT,
      root      TEXT NOT NULL,
      overwrite INTEGER NOT NULL,
      from_peer TEXT,
      created   INTEGER NOT NULL,
      ended     INTEGER
    ) STRICT;

    -- What the job puts on disk: its files, and folders (content NULL).
    CREATE TABLE job_item (
      job      TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      ordinal  INTEGER NOT NULL,
      relative TEXT NOT NULL,
      size     INTEGER NOT NULL,
      content  BLOB,
      state    TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
      code     TEXT,
      reason   TEXT,
      PRIMARY KEY (job, ordinal)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX job_item_state ON job_item (job, state, ordinal);
    CREATE INDEX job_item_open ON job_item (content) WHERE state = 'open';
  `,
};
