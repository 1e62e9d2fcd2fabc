import type { Migration } from '../../database.ts';

export const mirrors: Migration = {
  name: '012-mirrors',
  sql: `
    -- How a job that is a mirror keeps its folder equal; NULL in other jobs. The inode, in decimal, is of its folder, NULL before that was seen.
    ALTER TABLE job ADD COLUMN mirror_removes INTEGER;
    ALTER TABLE job ADD COLUMN mirror_removes_all INTEGER;
    ALTER TABLE job ADD COLUMN mirror_once INTEGER;
    ALTER TABLE job ADD COLUMN mirror_inode TEXT;

    -- What stands in the folder of a mirror: files, and folders (content NULL). Size, mtime (nanoseconds since 1970) and executable are as its
    -- holder told, here_size and here_mtime as the file looked here then. Not brought: it stood there before. Owner, path and log_index
    -- name the entry that it came from.
    CREATE TABLE mirror_entry (
      job        TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      relative   TEXT NOT NULL,
      content    BLOB,
      size       INTEGER NOT NULL,
      mtime      INTEGER NOT NULL,
      executable INTEGER NOT NULL,
      here_size  INTEGER NOT NULL,
      here_mtime INTEGER NOT NULL,
      brought    INTEGER NOT NULL,
      owner      TEXT NOT NULL,
      path       TEXT NOT NULL,
      log_index  TEXT NOT NULL,
      PRIMARY KEY (job, relative)
    ) STRICT, WITHOUT ROWID;
  `,
};
