import type { Migration } from '../../database.ts';

export const passingPeers: Migration = {
  name: '003-passing-peers',
  sql: `
    -- Whether the peer goes for good when its lease ends.
    ALTER TABLE lease ADD COLUMN passing INTEGER NOT NULL DEFAULT 0 CHECK (passing IN (0, 1));

    -- When it went for good; NULL: it is a member.
    ALTER TABLE member ADD COLUMN departed INTEGER;
  `,
};
