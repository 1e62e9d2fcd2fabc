import type { DatabaseSync } from 'node:sqlite';
import { type OpenOptions, openDatabase } from './database.ts';
import { index } from './migrations/peer/001-index.ts';
import { knownPeers } from './migrations/peer/002-known-peers.ts';
import { jobs } from './migrations/peer/003-jobs.ts';
import { ownerBounds } from './migrations/peer/004-owner-bounds.ts';
import { knownPeerRoles } from './migrations/peer/005-known-peer-roles.ts';
import { links } from './migrations/peer/006-links.ts';
import { entryNumbers } from './migrations/peer/007-entry-numbers.ts';

/** The one database of a peer, `peer.db` in its data folder. */
export function openPeerDatabase(file: string, options?: OpenOptions): DatabaseSync {
  return openDatabase(
    file,
    [index, knownPeers, jobs, ownerBounds, knownPeerRoles, links, entryNumbers],
    options,
  );
}
