import type { Migration } from '../../database.ts';
import { joined, lowestFirst } from '../packed-columns.ts';

/** As one blob, in the order of the items. */
const ofItems = (hex: string): string => joined(hex, 'ordinal');

export const itemPages: Migration = {
  name: '015-item-pages',
  sql: `
    -- 512 items of a job in the order of their ordinals, the last page has the rest. What changes of them: a byte each in marks (1 done, 2 failed,
    -- 4 larger than a leaf, 8 folder, 16 mtime known, 32 executable known, 64 executable), and what they come to.
    CREATE TABLE job_page (
      id         INTEGER PRIMARY KEY,
      job        TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      page       INTEGER NOT NULL,
      files      INTEGER NOT NULL,
      size       INTEGER NOT NULL,
      open       INTEGER NOT NULL,
      done       INTEGER NOT NULL,
      failed     INTEGER NOT NULL,
      done_bytes INTEGER NOT NULL,
      marks      BLOB NOT NULL,
      UNIQUE (job, page)
    ) STRICT;

    -- And what never changes: 8 bytes each in sizes and mtimes, the lowest first, 32 in contents (zeros of a folder), a JSON array of names.
    CREATE TABLE job_page_items (
      page     INTEGER PRIMARY KEY REFERENCES job_page (id) ON DELETE CASCADE,
      sizes    BLOB NOT NULL,
      names    TEXT NOT NULL,
      contents BLOB NOT NULL,
      mtimes   BLOB NOT NULL
    ) STRICT;

    CREATE TABLE job_failure (
      page   INTEGER NOT NULL REFERENCES job_page (id) ON DELETE CASCADE,
      place  INTEGER NOT NULL,  -- within its page, from 0
      code   TEXT,
      reason TEXT,
      PRIMARY KEY (page, place)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO job_page (job, page, files, size, open, done, failed, done_bytes, marks)
      SELECT job, ordinal / 512, count(content), sum(size),
             count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed'),
             coalesce(sum(size) FILTER (WHERE state = 'done'), 0),
             ${ofItems(`printf('%02X', (state = 'done') + 2 * (state = 'failed') + 4 * (size > 262144) + 8 * (content IS NULL)
               + 16 * (mtime NOT NULL) + 32 * (executable NOT NULL) + 64 * coalesce(executable = 1, 0))`)}
        FROM job_item GROUP BY job, ordinal / 512 ORDER BY job, ordinal / 512;

    INSERT INTO job_page_items (page, sizes, names, contents, mtimes)
      SELECT job_page.id, ${ofItems(lowestFirst('job_item.size'))}, json_group_array(relative ORDER BY ordinal),
             ${ofItems(`coalesce(nullif(hex(content), ''), '${'0'.repeat(64)}')`)}, ${ofItems(lowestFirst('coalesce(mtime, 0)'))}
        FROM job_page CROSS JOIN job_item ON job_item.job = job_page.job AND ordinal BETWEEN page * 512 AND page * 512 + 511
        GROUP BY job_page.id;

    INSERT INTO job_failure (page, place, code, reason)
      SELECT job_page.id, ordinal % 512, code, reason
        FROM job_page CROSS JOIN job_item ON job_item.job = job_page.job AND ordinal BETWEEN page * 512 AND page * 512 + 511
        WHERE failed > 0 AND state = 'failed';

    DROP TABLE job_item;
  `,
};
