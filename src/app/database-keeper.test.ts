import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { systemClock } from '../core/clock.ts';
import { silentLog } from '../core/ports/log.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { DatabaseKeeper } from './database-keeper.ts';

it('brings what was written into the database while the writer goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-keeper-'));
  const file = join(folder, 'peer.db');
  const connection = openPeerDatabase(file);
  const keeper = new DatabaseKeeper({ connection, file, clock: systemClock, log: silentLog });
  try {
    keeper.start();
    const put = connection.prepare(
      'INSERT INTO manifests (content, size, groups, stamp) VALUES (?, 1, ?, 1)',
    );
    const before = statSync(file).size;
    for (let i = 0; i < 60; i += 1) put.run(Buffer.from([i]), Buffer.alloc(128 * 1024));
    assert.equal(statSync(file).size, before);
    const deadline = performance.now() + 10_000;
    for (let i = 60; statSync(file).size < before + 60 * 128 * 1024; i += 1) {
      assert.ok(performance.now() < deadline, 'nothing was brought in');
      put.run(Buffer.from([i & 255, i >> 8]), Buffer.alloc(1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await keeper.stop();
    connection.close();
    rmSync(folder, { recursive: true });
  }
});

it('says once that it cannot, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-keeper-'));
  const file = join(folder, 'peer.db');
  const connection = openPeerDatabase(file);
  const clock = new ManualClock();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
  const keeper = new DatabaseKeeper({ connection, file, clock, log });
  keeper.start();
  connection.close(); // every statement fails from now on, as on a disk that does
  for (let i = 0; i < 3; i += 1) clock.advance(500);
  await keeper.stop();
  rmSync(folder, { recursive: true });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /checkpoint of the database failed/);
});
