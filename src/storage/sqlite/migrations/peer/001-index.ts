import type { Migration } from '../../database.ts';

export const index: Migration = { name: '001-index', sql: '' };
