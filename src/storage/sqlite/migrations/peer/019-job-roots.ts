import type { Migration } from '../../database.ts';

export const jobRoots: Migration = {
  name: '019-job-roots',
  sql: `
    -- Of the folder where a job lands, in decimal; NULL before that was seen, and in mirrors.
    ALTER TABLE job ADD COLUMN root_inode TEXT;
  `,
};
