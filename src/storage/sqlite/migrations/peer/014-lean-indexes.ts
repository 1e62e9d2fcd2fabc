import type { Migration } from '../../database.ts';

/**
 * Contents are random, so that every thousand new rows wrote nearly all pages of an index over them again: the first bytes of each find
 * it as well in a third of the pages. And what is done, nearly all of a job's items in the end, stands in no index.
 */
export const leanIndexes: Migration = {
  name: '014-lean-indexes',
  sql: `
DROP INDEX written_files_content;
CREATE INDEX written_files_prefix ON written_files (substr(content, 1, 6));
DROP INDEX job_item_state;
DROP INDEX job_item_open;
CREATE INDEX job_item_left ON job_item (job, state, ordinal) WHERE state <> 'done';
CREATE INDEX job_item_prefix ON job_item (substr(content, 1, 6)) WHERE state <> 'done';
`,
};
