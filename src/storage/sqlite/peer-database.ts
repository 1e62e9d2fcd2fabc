import type { DatabaseSync } from 'node:sqlite';
import { type Migration, type OpenOptions, openDatabase } from './database.ts';
import { index } from './migrations/peer/001-index.ts';
import { knownPeers } from './migrations/peer/002-known-peers.ts';
import { jobs } from './migrations/peer/003-jobs.ts';
import { ownerBounds } from './migrations/peer/004-owner-bounds.ts';
import { knownPeerRoles } from './migrations/peer/005-known-peer-roles.ts';
import { links } from './migrations/peer/006-links.ts';
import { entryNumbers } from './migrations/peer/007-entry-numbers.ts';
import { scanMemory } from './migrations/peer/008-scan-memory.ts';
import { keptPages } from './migrations/peer/009-kept-pages.ts';
import { itemLooks } from './migrations/peer/010-item-looks.ts';
import { pausedShares } from './migrations/peer/011-paused-shares.ts';
import { mirrors } from './migrations/peer/012-mirrors.ts';
import { writtenHashes } from './migrations/peer/013-written-hashes.ts';
import { leanIndexes } from './migrations/peer/014-lean-indexes.ts';
import { itemPages } from './migrations/peer/015-item-pages.ts';
import { writtenPages } from './migrations/peer/016-written-pages.ts';
import { lettersAsOne } from './migrations/peer/017-letters-as-one.ts';
import { holdersOfContent } from './migrations/peer/018-holders-of-content.ts';
import { jobRoots } from './migrations/peer/019-job-roots.ts';

/** In their order. */
export const PEER_MIGRATIONS: readonly Migration[] = [
  ...[index, knownPeers, jobs, ownerBounds],
  ...[knownPeerRoles, links, entryNumbers, scanMemory, keptPages, itemLooks],
  pausedShares,
  mirrors,
  writtenHashes,
  leanIndexes,
  itemPages,
  writtenPages,
  lettersAsOne,
  holdersOfContent,
  jobRoots,
];

/** The newest schema that this program knows. */
export const PEER_SCHEMA = PEER_MIGRATIONS.length;

/** The one database of a peer, `peer.db` in its data folder. */
export function openPeerDatabase(file: string, options?: OpenOptions): DatabaseSync {
  return openDatabase(file, PEER_MIGRATIONS, options);
}
