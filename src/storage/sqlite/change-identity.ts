import type { DatabaseSync } from 'node:sqlite';
import type { IndexId, PeerId } from '../../core/ids.ts';
import { inTransaction } from './database.ts';

/**
 * Makes what a peer's database holds of its own that of the peer `to`: the own log goes on under that name with another index id, and
 * nothing has to be hashed again. The links that `from` made end, for its key proved them. Once more changes nothing.
 */
export function changeIdentity(database: DatabaseSync, from: PeerId, to: PeerId, index: IndexId): void {
  // The key changes right after: what it rests on has to be on the disk by then.
  database.exec('PRAGMA synchronous = FULL');
  inTransaction(database, () => {
    if (database.prepare('SELECT 1 FROM owners WHERE peer = ?').get(to)) return;
    database.prepare('UPDATE owners SET peer = ?, index_id = ? WHERE peer = ?').run(to, index, from);
    database.exec('DELETE FROM links');
  });
}
