import type { Migration } from '../../database.ts';

export const jobs: Migration = { name: '003-jobs', sql: '' };
