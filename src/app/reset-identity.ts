import { existsSync, linkSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { asPeerdexError, PeerdexError, systemCode } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { systemRandom } from '../core/random.ts';
import { drawIndexId } from '../index/own-log.ts';
import { openKeyFile } from '../storage/disk/key-file.ts';
import { changeIdentity } from '../storage/sqlite/change-identity.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { openDataFolder } from './data-folder.ts';
import { readPeerMemory, writePeerMemory } from './peer-memory.ts';
import { forgetCredentials } from './trust/trust-file.ts';

export interface IdentityReset {
  readonly former: PeerId;
  readonly id: PeerId;
  /** Where the former key lies now. */
  readonly kept: string;
}

/**
 * Makes the peer of a data folder another one: a new key, and with it a new id and index. Shares, hashes, downloads and the join link
 * stay; the membership goes, so that the link has to admit it again. One that was cut short is finished by the next. `now`: dates the
 * former key. Throws `not-found` where there is no peer, `conflict` while one runs on the folder.
 */
export function resetIdentity(data: string, now: Date): IdentityReset {
  const file = keyIn(data);
  mustBePeer(data);
  const folder = openDataFolder(data, 'peer');
  try {
    const { id: former } = openKeyFile(file);
    const { id } = openKeyFile(`${file}.next`);
    renameOwner(join(data, 'peer.db'), former, id);
    forgetCredentials(data);
    writePeerMemory(data, { name: readPeerMemory(data).name });
    const kept = keepAside(file, `${file}.old-${now.toISOString().slice(0, 10)}`);
    renameSync(`${file}.next`, file);
    return { former, id, kept };
  } catch (error) {
    throw asPeerdexError(error, `cannot change the identity in ${data}`);
  } finally {
    folder.release();
  }
}

/** Throws `not-found` for a folder without a peer. */
export function mustBePeer(data: string): void {
  if (existsSync(keyIn(data))) return;
  throw new PeerdexError('not-found', `no peer keeps its key in ${data}`, {
    hint: 'name the data folder of the peer with --data',
  });
}

function renameOwner(file: string, from: PeerId, to: PeerId): void {
  if (!existsSync(file)) return;
  const database = openPeerDatabase(file);
  try {
    changeIdentity(database, from, to, drawIndexId(systemRandom));
  } finally {
    database.close();
  }
}

/** Gives the file that second name, or that with `-2`, `-3`, … */
function keepAside(file: string, wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      linkSync(file, name);
      return name;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

const keyIn = (data: string): string => join(data, 'peer-key.pem');
