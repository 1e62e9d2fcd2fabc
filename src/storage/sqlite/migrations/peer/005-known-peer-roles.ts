import type { Migration } from '../../database.ts';

export const knownPeerRoles: Migration = {
  name: '005-known-peer-roles',
  sql: `
    -- What a known peer may do: fetch, publish or admin.
    ALTER TABLE known_peer ADD COLUMN role TEXT NOT NULL DEFAULT 'publish';
  `,
};
