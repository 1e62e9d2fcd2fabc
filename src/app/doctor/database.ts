import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { ShareRecord } from '../../core/ports/local-file-store.ts';
import type { Rotten } from '../../core/ports/verify-store.ts';
import { SqliteLocalFiles } from '../../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { openRegistryDatabase } from '../../storage/sqlite/registry-database.ts';
import { SqliteVerifyStore } from '../../storage/sqlite/verify-store.ts';
import { type Finding, fail, ok } from './finding.ts';

const RESTORE = {
  peer: 'stop the peer, move peer.db away and start it: it scans and hashes its shares again; downloads under way are forgotten',
  registry:
    'stop the registry and make its folder anew with `peerdex registry restore FILE` from your last backup',
} as const;

/** Whether the database is whole, by SQLite's own quick check. Reads all of it, also while a daemon writes. */
export function checkDatabase(kind: 'peer' | 'registry', file: string): readonly Finding[] {
  if (!existsSync(file)) return [ok('database', `there is no database ${file} yet`)];
  using database = openReadOnly(kind, file);
  const rows = database.connection.prepare('PRAGMA quick_check(5)').all();
  const problems = rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  if (problems.length === 0) return [ok('database', `the database ${file} is whole`)];
  return [fail('database', `the database ${file} is damaged: ${problems.join('; ')}`, RESTORE[kind])];
}

/** What a peer's database knows of its shares; none where there is no database yet. `folders`: they and all below them. */
export function readShares(file: string): {
  readonly shares: readonly (ShareRecord & { readonly rotten: Rotten })[];
  readonly folders: number;
} {
  if (!existsSync(file)) return { shares: [], folders: 0 };
  using database = openReadOnly('peer', file);
  const counted = database.connection.prepare('SELECT count(*) AS folders FROM local_files WHERE kind = 1');
  const verified = new SqliteVerifyStore(database.connection);
  const shares = new SqliteLocalFiles(database.connection).shares();
  return {
    shares: shares.map((share) => ({ ...share, rotten: verified.rotten(share.id) })),
    folders: shares.length + Number(counted.get()?.folders ?? 0),
  };
}

function openReadOnly(
  kind: 'peer' | 'registry',
  file: string,
): Disposable & { readonly connection: DatabaseSync } {
  const open = kind === 'peer' ? openPeerDatabase : openRegistryDatabase;
  const connection = open(file, { readOnly: true });
  return { connection, [Symbol.dispose]: () => connection.close() };
}
