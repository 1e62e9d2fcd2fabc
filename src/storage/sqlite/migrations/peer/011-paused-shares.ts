import type { Migration } from '../../database.ts';

export const pausedShares: Migration = {
  name: '011-paused-shares',
  sql: `
ALTER TABLE shares ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;  -- 1: neither scanned nor offered, its rows wait
`,
};
