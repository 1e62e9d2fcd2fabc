import type { Migration } from '../../database.ts';

/** What a follower of somebody's log must know to refuse too much of it, and old pages. */
export const ownerBounds: Migration = {
  name: '004-owner-bounds',
  sql: `
ALTER TABLE owners ADD COLUMN snapshot_last INTEGER NOT NULL DEFAULT 0;
ALTER TABLE owners ADD COLUMN path_bytes INTEGER NOT NULL DEFAULT 0;  -- of all entries, UTF-8
UPDATE owners SET path_bytes = (
  SELECT coalesce(sum(octet_length(parent) + (parent <> '') + octet_length(name)), 0)
  FROM entries WHERE owner = owners.id
);
`,
};
