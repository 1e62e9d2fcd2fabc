import type { Migration } from '../../database.ts';

export const writtenHashes: Migration = {
  name: '013-written-hashes',
  sql: `
ALTER TABLE written_files ADD COLUMN hashes BLOB;  -- of a file of one leaf: leaf hash and group hash; NULL where they stand in their own tables
`,
};
