import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { asPeerdexError, PeerdexError, systemCode } from '../core/errors.ts';
import type { NetworkId } from '../core/ids.ts';
import { openKeyFile, placeKeyFile } from '../storage/disk/key-file.ts';
import { copyRegistryDatabase, placeRegistryDatabase } from '../storage/sqlite/database-copy.ts';
import { REGISTRY_SCHEMA } from '../storage/sqlite/registry-database.ts';
import { schemaInHeader } from '../storage/sqlite/stored-schema.ts';
import { newerBackup, readBackup, writeBackup } from './backup-file.ts';
import { openDataFolder } from './data-folder.ts';
import { settledMode, settleMode } from './network-mode.ts';
import { noRegistry } from './registry-local/no-registry.ts';
import { writePrivateFile } from './write-private-file.ts';

const KEY = 'network-key.pem';
const DATABASE = 'registry.db';
/** What may lie in a data folder that a network is restored into. */
const HARMLESS = new Set(['lock.db', 'lock.db-journal', 'config.json', 'format.json']);

export interface BackupMade {
  readonly network: NetworkId;
  readonly bytes: number;
  readonly encrypted: boolean;
}

/**
 * Writes the network's key and a consistent copy of its database to one file of mode 0600, whether or not the registry runs. Throws
 * `not-found` where there is no registry, and `conflict` when the file is there and `overwrite` does not say to replace it.
 */
export function backupRegistry(
  data: string,
  file: string,
  {
    passphrase,
    overwrite = false,
  }: { readonly passphrase?: string | undefined; readonly overwrite?: boolean } = {},
): BackupMade {
  if (!existsSync(path.join(data, KEY)) || !existsSync(path.join(data, DATABASE))) throw noRegistry(data);
  if (!overwrite && existsSync(file)) throw standsThere(file);
  const { id, pem } = openKeyFile(path.join(data, KEY));
  const database = copyRegistryDatabase(path.join(data, DATABASE));
  const bytes = writeBackup(
    { network: id, mode: settledMode(data), key: pem, database },
    new Date().toISOString(),
    passphrase,
  );
  try {
    writePrivateFile(file, bytes, overwrite);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw standsThere(file);
    throw asPeerdexError(error, `cannot write the backup ${file}`);
  }
  return { network: id, bytes: bytes.byteLength, encrypted: passphrase !== undefined };
}

/**
 * Makes a registry's data folder from a backup. Throws `conflict` for a folder that is not empty or in use, `verification` for a
 * damaged file, `unauthorized` for a wrong passphrase, `usage` where one is wanted and none given, `unsupported` for one that a newer release made. What fails leaves no part of a network behind.
 */
export function restoreRegistry(
  file: string,
  data: string,
  passphrase?: string,
): { readonly network: NetworkId } {
  const bytes = readBackupFile(file);
  // In use is said before not empty: a registry that runs there is the better reason.
  const isLocked = existsSync(path.join(data, 'lock.db'));
  if (!isLocked) mustBeEmpty(data);
  const folder = openDataFolder(data, 'registry');
  try {
    mustBeEmpty(data);
    const { network, mode, key, database, version } = readBackup(bytes, passphrase);
    if (schemaInHeader(database) > REGISTRY_SCHEMA) throw newerBackup(version);
    placeRegistryDatabase(path.join(data, DATABASE), database, randomBytes(8).toString('hex'));
    try {
      placeKeyFile(path.join(data, KEY), key, network);
    } catch (error) {
      rmSync(path.join(data, DATABASE), { force: true });
      throw error;
    }
    chmodSync(path.join(data, DATABASE), 0o600);
    settleMode(data, mode);
    return { network };
  } finally {
    folder.release();
  }
}

/** The bytes of a backup file, to look at before it is restored. Throws `not-found`. */
export function readBackupFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new PeerdexError('not-found', `there is no backup ${file}`, { cause: error });
    throw asPeerdexError(error, `cannot read the backup ${file}`);
  }
}

function mustBeEmpty(data: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(data);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw asPeerdexError(error, `cannot look into ${data}`);
  }
  const stands = names.find((name) => !HARMLESS.has(name));
  if (stands === undefined) return;
  throw new PeerdexError('conflict', `the data folder ${data} is not empty: ${stands} is in it`, {
    hint: 'restore into a new folder, named with --data, or move what is there away',
  });
}

const standsThere = (file: string): PeerdexError =>
  new PeerdexError('conflict', `${file} is there already`, {
    hint: 'choose another name with -o, or replace it with --overwrite',
  });
