import type { Migration } from '../../database.ts';

export const itemLooks: Migration = {
  name: '010-item-looks',
  sql: `
    -- How a file is to look, as the index told: nanoseconds since 1970, and whether it is executable. NULL: not known.
    ALTER TABLE job_item ADD COLUMN mtime INTEGER;
    ALTER TABLE job_item ADD COLUMN executable INTEGER;
  `,
};
