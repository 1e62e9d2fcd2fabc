import type { Migration } from '../../database.ts';

export const knownPeers: Migration = { name: '002-known-peers', sql: '' };
