import type { Migration } from '../../database.ts';

export const leases: Migration = { name: '001-leases', sql: '' };
