import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { MemoryLeaseStore } from '../storage/memory/lease-store.ts';
import { ChangeFeed } from './change-feed.ts';
import { LeaseTable } from './lease-table.ts';

function make(maxWaiters = 2) {
  const clock = new ManualClock();
  const table: LeaseTable = new LeaseTable({
    clock,
    store: new MemoryLeaseStore(),
    epoch: '00000000000000aa',
    leaseSeconds: 90,
    maxPeers: 10,
    onEvent: ({ changed }) => changed && feed.changed(),
  });
  const feed = new ChangeFeed({ table, clock, maxWaiters });
  const register = (n: number) =>
    table.register({
      id: n.toString(16).padStart(32, '0'),
      name: `peer-${n}`,
      addresses: [{ host: '10.0.0.1', port: 1 }],
      nonce: '0'.repeat(32),
      files: 0,
      bytes: 0,
    });
  return { clock, table, feed, register };
}

const never = new AbortController().signal;

test('who knows nothing, another epoch, or a version yet to come gets the whole directory', async () => {
  const { feed, table, register } = make();
  register(1);
  for (const query of [
    {},
    { epoch: table.epoch },
    { epoch: 'ffffffffffffffff', since: 1 },
    { epoch: table.epoch, since: 99 },
  ]) {
    const answer = await feed.wait({ ...query, waitMs: 60_000 }, never);
    assert.equal(answer.reset, true);
    assert.equal(answer.peers.length, 1);
    assert.equal(answer.version, table.version);
  }
});

test('a waiting call answers with what changed, several changes at once', async () => {
  const { feed, table, register, clock } = make();
  register(1);
  const since = table.version;
  const answer = feed.wait({ epoch: table.epoch, since, waitMs: 60_000 }, never);
  register(2);
  register(3);
  clock.advance(5);
  const { reset, peers } = await answer;
  assert.equal(reset, false);
  assert.deepEqual(
    peers.map(({ lease }) => lease.name),
    ['peer-2', 'peer-3'],
  );
  const late = await feed.wait({ epoch: table.epoch, since: since + 1, waitMs: 60_000 }, never);
  assert.deepEqual(
    late.peers.map(({ lease }) => lease.name),
    ['peer-3'],
  );
});

test('a wait ends after its time, and when its caller goes away', async () => {
  const { feed, table, clock } = make();
  const query = { epoch: table.epoch, since: table.version, waitMs: 60_000 };
  const timed = feed.wait(query, never);
  clock.advance(60_000);
  assert.deepEqual((await timed).peers, []);
  const abort = new AbortController();
  const left = feed.wait(query, abort.signal);
  abort.abort();
  assert.deepEqual((await left).peers, []);
  assert.deepEqual((await feed.wait({ ...query, waitMs: 0 }, never)).peers, []);
});

test('the number of those who wait is bounded', async () => {
  const { feed, table, clock } = make(2);
  const query = { epoch: table.epoch, since: table.version, waitMs: 1000 };
  const waiting = [feed.wait(query, never), feed.wait(query, never)];
  await setImmediate();
  await assert.rejects(feed.wait(query, never), { code: 'limit' });
  clock.advance(1000);
  await Promise.all(waiting);
  const again = feed.wait(query, never);
  clock.advance(1000);
  await again;
});
