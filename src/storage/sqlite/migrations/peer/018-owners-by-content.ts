import type { Migration } from '../../database.ts';

/** Who lists a content is read from the index alone; without the owner in it each answer read a page of the table, far from the others. */
export const ownersByContent: Migration = {
  name: '018-owners-by-content',
  sql: `
CREATE INDEX entries_owners ON entries (content, owner) WHERE content IS NOT NULL;
DROP INDEX entries_content;
`,
};
