import type { DatabaseSync } from 'node:sqlite';
import { type Migration, type OpenOptions, openDatabase } from './database.ts';
import { leases } from './migrations/registry/001-leases.ts';
import { admission } from './migrations/registry/002-admission.ts';
import { passingPeers } from './migrations/registry/003-passing-peers.ts';

const MIGRATIONS: readonly Migration[] = [leases, admission, passingPeers];

/** The newest schema that this program knows. */
export const REGISTRY_SCHEMA = MIGRATIONS.length;

/** The one database of a registry, `registry.db` in its data folder. */
export function openRegistryDatabase(file: string, options?: OpenOptions): DatabaseSync {
  return openDatabase(file, MIGRATIONS, options);
}
