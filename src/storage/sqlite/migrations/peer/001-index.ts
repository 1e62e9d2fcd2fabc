import type { Migration } from '../../database.ts';

/**
 * Entries of every owner, what the scanner remembers, and hashes. Content ids are BLOBs of 32 bytes, times of files are
 * nanoseconds, stamps milliseconds since 1970, device and inode the 64 bits as a signed number.
 */
export const index: Migration = {
  name: '001-index',
  sql: `
CREATE TABLE owners (
  id INTEGER PRIMARY KEY,
  peer TEXT NOT NULL UNIQUE,
  index_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  snapshot_index TEXT,
  snapshot_seq INTEGER NOT NULL DEFAULT 0,
  snapshot_floor INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL,
  files INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  folders INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES owners (id),
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,           -- core/index-path.ts foldName of the name
  kind INTEGER NOT NULL,          -- 0 file, 1 folder
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  content BLOB,                   -- files that are live
  flag INTEGER NOT NULL,          -- 1 live, 0 deleted
  seq INTEGER NOT NULL,
  generation INTEGER NOT NULL,    -- of the owner when it was written: a snapshot sweeps what is older
  stamp INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_path ON entries (owner, parent, name);
CREATE INDEX entries_seq ON entries (owner, seq);
CREATE INDEX entries_name ON entries (name);
CREATE INDEX entries_content ON entries (content) WHERE content IS NOT NULL;
CREATE INDEX entries_deleted ON entries (owner, seq) WHERE flag = 0;

CREATE TABLE shares (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL UNIQUE,
  device INTEGER,
  inode INTEGER,
  files INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE local_files (
  id INTEGER PRIMARY KEY,
  share INTEGER NOT NULL REFERENCES shares (id),
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  content BLOB,
  stamp INTEGER NOT NULL,
  state INTEGER NOT NULL          -- 0 settled, 1 pending, 2 deferred, 3 gone
) STRICT;
CREATE UNIQUE INDEX local_files_path ON local_files (share, parent, name);
CREATE INDEX local_files_content ON local_files (content) WHERE content IS NOT NULL;
CREATE INDEX local_files_inode ON local_files (inode) WHERE kind = 0;
CREATE INDEX local_files_pending ON local_files (share) WHERE state = 1;
CREATE INDEX local_files_deferred ON local_files (share) WHERE state = 2;
CREATE INDEX local_files_gone ON local_files (share, stamp) WHERE state = 3;

CREATE TABLE written_files (
  id INTEGER PRIMARY KEY,
  content BLOB NOT NULL,
  root TEXT NOT NULL,
  relative TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  UNIQUE (root, relative)
) STRICT;
CREATE INDEX written_files_content ON written_files (content);

CREATE TABLE manifests (
  content BLOB PRIMARY KEY,
  size INTEGER NOT NULL,
  groups BLOB NOT NULL,
  stamp INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leaves (
  content BLOB NOT NULL,
  number INTEGER NOT NULL,        -- of the group
  leaves BLOB NOT NULL,
  PRIMARY KEY (content, number)
) STRICT, WITHOUT ROWID;
`,
};
