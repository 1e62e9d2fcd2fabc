import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { until } from '../../test/support/until.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { silentLog } from '../core/ports/log.ts';
import { SqliteEntryStore } from '../storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { CsvExport } from './csv-export.ts';

const OWNER = 'a'.repeat(32);

it('writes the table beside the database, again when the index changed but not too often, and streams the same', async () => {
  await using world = open();
  const { store, csv, file, folder, waits } = world;
  csv.start();
  await waits.run();
  const lines = () => readFileSync(file, 'utf8').split('\r\n');
  await until(() => existsSync(file));
  assert.deepEqual(lines(), ['file,host,port,flag,size,modified,content,peer', '']);
  put(store, 1500);
  csv.touch();
  csv.touch();
  // The first write may still be ending its thread: the next is planned when it has.
  await until(() => waits.list.length === 1);
  // 5 s, or 20 times what the write took where that is longer.
  assert.ok(waits.list[0]! > 0);
  await waits.run();
  await until(() => lines().length === 1502);
  assert.match(lines()[1]!, /^s\/f0,10\.0\.0\.1,10000,1,1,1970-01-01T00:00:00\.000Z,0{64},a{32}$/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.csv')),
    ['index.csv'],
  );
  let text = '';
  for await (const piece of csv.text()) text += piece;
  assert.equal(text, readFileSync(file, 'utf8'));
  const rows = [];
  for await (const row of csv.rows()) rows.push(row.file);
  assert.equal(rows.length, 1500);
});

it('leaves a large index alone until it is asked to write it', async () => {
  await using world = open(100);
  const { store, csv, file, waits } = world;
  put(store, 101);
  csv.start();
  await waits.run();
  assert.equal(existsSync(file), false);
  await csv.write();
  assert.equal(readFileSync(file, 'utf8').split('\r\n').length, 103);
});

it('says why the file cannot be written', async () => {
  await using world = open();
  rmSync(world.folder, { recursive: true });
  await assert.rejects(world.csv.write(), /no such file|cannot open/);
});

function open(maxRows?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-csv-'));
  const database = join(folder, 'peer.db');
  const connection = openPeerDatabase(database);
  const store = new SqliteEntryStore(connection);
  store.addOwner(OWNER, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
  const pending: { ms: number; run: () => void }[] = [];
  const clock: Clock = {
    ...systemClock,
    after: (ms, run) => {
      const wait = { ms, run };
      pending.push(wait);
      return () => pending.splice(pending.indexOf(wait), 1);
    },
  };
  const waits = {
    get list() {
      return pending.map(({ ms }) => ms);
    },
    async run() {
      await until(() => pending.length > 0);
      pending.shift()!.run();
    },
  };
  const file = join(folder, 'index.csv');
  const csv = new CsvExport({
    database,
    store,
    files: [file],
    addressOf: () => ({ host: '10.0.0.1', port: 10000 }),
    clock,
    log: silentLog,
    ...(maxRows ? { maxRows } : {}),
  });
  const dispose = async () => {
    await csv.stop();
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, file, store, csv, waits, [Symbol.asyncDispose]: dispose };
}

function put(store: SqliteEntryStore, count: number): void {
  const file = {
    kind: 'file',
    size: 1,
    mtime: 5n,
    executable: false,
    content: '0'.repeat(64),
    flag: 1,
  } as const;
  store.put(
    OWNER,
    Array.from({ length: count }, (_, i) => ({ ...file, path: `s/f${i}`, seq: i + 1 })),
    1,
  );
}
