import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryAdmissionStore } from '../../src/storage/memory/admission-store.ts';
import { SqliteAdmissionStore } from '../../src/storage/sqlite/admission-store.ts';
import { openDatabase } from '../../src/storage/sqlite/database.ts';
import { leases } from '../../src/storage/sqlite/migrations/registry/001-leases.ts';
import { openRegistryDatabase } from '../../src/storage/sqlite/registry-database.ts';
import { admissionStoreContract } from './admission-store.ts';

admissionStoreContract('memory', () => {
  const store = new MemoryAdmissionStore();
  return { store, reopen: () => store, close() {} };
});

admissionStoreContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-admission-'));
  let database = openRegistryDatabase(join(folder, 'registry.db'));
  return {
    store: new SqliteAdmissionStore(database),
    reopen() {
      database.close();
      database = openRegistryDatabase(join(folder, 'registry.db'));
      return new SqliteAdmissionStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

test('a database from before there was admission opens and keeps its directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-admission-'));
  const file = join(folder, 'registry.db');
  try {
    const old = openDatabase(file, [leases]);
    old.exec("INSERT INTO directory (one, epoch, version) VALUES (1, '00000000000000aa', 12)");
    old.close();
    const database = openRegistryDatabase(file);
    assert.equal(database.prepare('SELECT version FROM directory').get()?.version, 12);
    assert.equal(new SqliteAdmissionStore(database).load().number, 0);
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
