import type { Migration } from '../../database.ts';

/** Who holds a content is told by an index alone, and by one step an owner, however many copies one of them has. */
export const holdersOfContent: Migration = {
  name: '018-holders-of-content',
  sql: `
DROP INDEX entries_content;
CREATE INDEX entries_holders ON entries (content, owner) WHERE content IS NOT NULL;
`,
};
