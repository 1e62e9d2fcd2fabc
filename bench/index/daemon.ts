import { copyFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client, createClient } from '../../src/network/http/client.ts';
import { localOperations } from '../../src/protocol/http/local/operations.ts';
import { SqliteKnownPeerStore } from '../../src/storage/sqlite/known-peers.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { knownPeer } from '../../test/harness/member-clients.ts';
import type { PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { TestMember } from '../../test/harness/test-member.ts';
import { OWNERS, ownerId } from './database.ts';

export type LocalClient = Client<typeof localOperations>;

export async function clientOf({ data }: PeerProcess): Promise<LocalClient> {
  const { socket, token } = JSON.parse(await readFile(path.join(data, 'daemon.json'), 'utf8')) as {
    socket: string;
    token: string;
  };
  return createClient(localOperations, { socketPath: socket, token });
}

/**
 * Puts a copy of the database into a stopped peer's place: the first owner's entries become its own, in shares that are away; those of
 * the others become entries of members who register now, at addresses where nobody is.
 */
export async function adopt(network: ProcessNetwork, peer: PeerProcess, file: string): Promise<void> {
  const copy = path.join(peer.data, 'peer.db');
  copyFileSync(file, copy);
  const database = openPeerDatabase(copy);
  const rename = database.prepare('UPDATE owners SET peer = ? WHERE peer = ?');
  const owner = database.prepare('SELECT seq, files, bytes FROM owners WHERE peer = ?');
  // Without these it would take the members for ones that may not publish, until the registry has told of them.
  const known = new SqliteKnownPeerStore(database);
  for (let number = 0; number < OWNERS; number += 1) {
    const { seq, files, bytes } = owner.get(ownerId(number)) as Record<'seq' | 'files' | 'bytes', number>;
    if (number === 0) {
      rename.run(peer.id, ownerId(number));
      continue;
    }
    const head = { index: '0'.repeat(16), seq };
    const member = await TestMember.join(network.join, 1, { name: `member${number}`, head, files, bytes });
    rename.run(member.id, ownerId(number));
    known.save([
      { ...knownPeer(member.id, 1), name: `member${number}`, lastSeen: Date.now(), head, files, bytes },
    ]);
  }
  const share = database.prepare('INSERT INTO shares (name, path, device, inode) VALUES (?, ?, 1, 1)');
  for (const name of ['home', 'archive']) share.run(name, path.join(network.folder.path, 'away', name));
  database.close();
}

/** Milliseconds. */
export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
