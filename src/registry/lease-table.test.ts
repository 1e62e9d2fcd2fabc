import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { PeerAnnouncement } from '../core/lease.ts';
import { MemoryLeaseStore } from '../storage/memory/lease-store.ts';
import { type LeaseEvent, LeaseTable } from './lease-table.ts';

const DAY_MS = 24 * 3600 * 1000;

function make({ clock = new ManualClock(), store = new MemoryLeaseStore(), maxPeers = 100 } = {}) {
  const events: LeaseEvent[] = [];
  const table = new LeaseTable({
    clock,
    store,
    epoch: '00000000000000aa',
    leaseSeconds: 90,
    maxPeers,
    onEvent: (event) => events.push(event),
  });
  const sweepFor = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1000);
      table.sweep();
    }
  };
  return { clock, store, table, events, sweepFor };
}

const id = (n: number) => n.toString(16).padStart(32, '0');
const nonce = (n: number) => n.toString(16).padStart(32, 'f');
const peer = (n: number, more: Partial<PeerAnnouncement> = {}): PeerAnnouncement => ({
  id: id(n),
  name: `peer-${n}`,
  addresses: [{ host: '10.0.0.7', port: 10000 + n }],
  nonce: nonce(n),
  files: 0,
  bytes: 0,
  ...more,
});
const news = (n: number, more = {}) => ({ nonce: nonce(n), files: 0, bytes: 0, ...more });
const active = (table: LeaseTable) => table.list('active').map(({ lease }) => lease.id);

test('a lease ends when it is not renewed in time, and only then', () => {
  const { table, events, sweepFor } = make();
  assert.deepEqual(table.register(peer(1)), { name: 'peer-1', leaseSeconds: 90, renewSeconds: 30 });
  table.register(peer(2));
  sweepFor(60);
  table.renew(id(1), news(1));
  sweepFor(29);
  assert.deepEqual(active(table), [id(1), id(2)]);
  sweepFor(1);
  assert.deepEqual(active(table), [id(1)]);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['registered', 'registered', 'renewed', 'lapsed'],
  );
  assert.throws(() => table.renew(id(2), news(2)), { code: 'not-found' });
  assert.equal(table.list('all').length, 2);
});

test('leaving ends a lease at once; its nonce is wanted', () => {
  const { table } = make();
  table.register(peer(1));
  assert.throws(() => table.leave(id(1), nonce(9)), { code: 'conflict' });
  table.leave(id(1), nonce(1));
  assert.deepEqual(active(table), []);
  assert.throws(() => table.leave(id(1), nonce(1)), { code: 'not-found' });
  assert.throws(() => table.leave(id(5), nonce(5)), { code: 'not-found' });
});

test('who said that it will not come back leaves its name, and is shown no more but to who knew it', () => {
  const { table, store, events, clock } = make({ maxPeers: 2 });
  table.register(peer(1));
  table.register(peer(2, { name: 'guest', passing: true }));
  const { version } = table;
  assert.throws(() => table.register(peer(3)), { code: 'limit' });
  table.leave(id(2), nonce(2));
  assert.deepEqual(
    [events.at(-1)?.kind, events.at(-1)?.lease.name, events.at(-1)?.lease.passing],
    ['left', 'guest', true],
  );
  const all = () => table.list('all').map(({ lease }) => lease.id);
  assert.deepEqual(all(), [id(1)]);
  const [told] = table.list('all', version);
  assert.deepEqual([told?.lease.id, told?.lease.active], [id(2), false]);
  assert.equal(table.register(peer(3, { name: 'guest', passing: true })).name, 'guest');
  const after = make({ clock, store, maxPeers: 2 });
  after.sweepFor(60);
  after.table.renew(id(1), news(1));
  after.sweepFor(30);
  assert.deepEqual(
    after.events.filter(({ kind }) => kind === 'lapsed').map(({ lease }) => lease.name),
    ['guest'],
  );
  assert.deepEqual(
    after.table.list('all').map(({ lease }) => lease.id),
    [id(1)],
  );
});

test('a renewal by an older start of the same peer names the newer one', () => {
  const { table } = make();
  table.register(peer(1));
  table.register(peer(1, { nonce: nonce(7), addresses: [{ host: '10.0.0.8', port: 5 }] }));
  assert.throws(() => table.renew(id(1), news(1)), { code: 'conflict', message: /10\.0\.0\.8:5/ });
  table.renew(id(1), news(7));
});

test('only what others can see raises the version', () => {
  const { table } = make();
  table.register(peer(1));
  const before = table.version;
  table.renew(id(1), news(1));
  assert.equal(table.version, before);
  table.renew(id(1), news(1, { head: { index: '00000000000000bb', seq: 1 } }));
  assert.equal(table.version, before + 1);
  assert.deepEqual(
    table.list('all', before).map(({ lease }) => lease.head?.seq),
    [1],
  );
});

test('a name belongs to the first who took it until that one is forgotten', () => {
  const { table, clock, sweepFor } = make();
  assert.equal(table.register(peer(1, { name: 'lab' })).name, 'lab');
  assert.equal(table.register(peer(2, { name: 'lab' })).name, 'lab-2');
  assert.equal(table.register(peer(3, { name: 'lab' })).name, 'lab-3');
  assert.equal(table.register(peer(2, { name: 'lab' })).name, 'lab-2');
  assert.equal(table.register(peer(1, { name: 'office' })).name, 'office');
  assert.equal(table.register(peer(4, { name: 'lab' })).name, 'lab');
  table.leave(id(4), nonce(4));
  assert.equal(table.register(peer(5, { name: 'lab' })).name, 'lab-4');
  clock.advance(31 * DAY_MS);
  sweepFor(3600);
  assert.equal(table.register(peer(6, { name: 'lab' })).name, 'lab');
});

test('after a start, a clock step and a long standstill every lease gets its full time', () => {
  const first = make();
  first.table.register(peer(1));
  first.clock.advance(3600_000);
  const { table, sweepFor, clock } = make(first);
  assert.deepEqual(active(table), [id(1)]);
  sweepFor(89);
  assert.deepEqual(active(table), [id(1)]);
  clock.step(7200_000);
  sweepFor(90);
  assert.deepEqual(active(table), [id(1)]);
  clock.advance(600_000);
  sweepFor(90);
  assert.deepEqual(active(table), [id(1)]);
  sweepFor(1);
  assert.deepEqual(active(table), []);
});

test('a restarted registry knows its peers, counts their registrations and never repeats a version', () => {
  const first = make();
  first.table.register(peer(1));
  first.clock.advance(20 * DAY_MS);
  first.table.register(peer(1));
  first.table.register(peer(1));
  const seen = first.table.version;
  const { table, clock } = make(first);
  assert.equal(table.epoch, first.table.epoch);
  assert.ok(table.version > seen);
  assert.equal(table.list('all')[0]!.registrations, 3);
  clock.advance(15 * DAY_MS);
  assert.equal(table.list('all')[0]!.registrations, 2);
  const { lease } = table.list('all')[0]!;
  assert.equal(lease.lastRegistered - lease.firstRegistered, 20 * DAY_MS);
});

test('the number of remembered peers is bounded: nobody loses its name before 30 days, but who was evicted', () => {
  const { table, clock } = make({ maxPeers: 3 });
  for (const n of [1, 2, 3]) table.register(peer(n));
  const known = () =>
    table
      .list('all')
      .map(({ lease }) => lease.id)
      .sort();
  const isFull = { code: 'limit', message: /remembers 3 peers, .* in the last 30 days/ };
  assert.throws(() => table.register(peer(4)), isFull);
  table.leave(id(2), nonce(2));
  clock.advance(29 * DAY_MS);
  assert.throws(() => table.register(peer(4)), isFull);
  assert.equal(table.register(peer(2)).name, 'peer-2', 'who is remembered comes back');
  table.leave(id(2), nonce(2));
  table.evict(id(1));
  table.register(peer(4));
  assert.deepEqual(known(), [id(2), id(3), id(4)]);
  clock.advance(30 * DAY_MS + 1);
  assert.equal(table.register(peer(5, { name: 'peer-2' })).name, 'peer-2');
  assert.deepEqual(known(), [id(3), id(4), id(5)]);
});

test('two daemons with one key are told of each other as long as both ask', () => {
  const { table, clock } = make();
  const address = (port: number) => [{ host: '10.0.0.7', port }];
  table.register(peer(1));
  table.register(peer(1, { nonce: nonce(2), addresses: address(2) }));
  assert.equal(table.renew(id(1), news(2)).rival, undefined, 'it may have been started anew');
  assert.throws(() => table.renew(id(1), news(1)), { code: 'conflict', message: /10\.0\.0\.7:2$/ });
  assert.deepEqual(table.renew(id(1), news(2)).rival, address(10001));
  clock.advance(60_000);
  table.renew(id(1), news(2));
  clock.advance(60_000);
  assert.equal(table.renew(id(1), news(2)).rival, undefined, 'the other one has ended');
});

test('a registration is told how far the log was known before', () => {
  const { table } = make();
  const head = { index: '01'.repeat(8), seq: 7 };
  assert.equal(table.register(peer(1, { head })).head, undefined);
  assert.deepEqual(table.register(peer(1, { head: { ...head, seq: 5 } })).head, head);
});

test('an evicted peer is gone for others at once, and its name is free', () => {
  const first = make();
  const { table, store, clock, events, sweepFor } = first;
  table.register(peer(1, { name: 'lab' }));
  table.register(peer(2));
  const seen = table.version;
  assert.equal(table.evict(id(1)), true);
  assert.equal(table.evict(id(9)), false);
  assert.deepEqual(active(table), [id(2)]);
  assert.deepEqual(
    table.list('all', seen).map(({ lease }) => [lease.id, lease.active, lease.name]),
    [[id(1), false, id(1)]],
  );
  const { kind, lease } = events.at(-1)!;
  assert.deepEqual([kind, lease.name], ['evicted', 'lab']);
  assert.throws(() => table.renew(id(1), news(1)), { code: 'not-found' });
  assert.equal(table.register(peer(3, { name: 'lab' })).name, 'lab');
  assert.equal(table.register(peer(4, { name: id(1) })).name, 'peer-00000000', 'nobody can take its id');

  const { table: restarted } = make({ clock, store });
  assert.deepEqual(active(restarted), [id(2), id(3), id(4)]);
  assert.ok(
    restarted.list('all', seen).some(({ lease: one }) => one.id === id(1) && !one.active),
    'also told to who asks after a restart',
  );
  clock.advance(31 * DAY_MS);
  sweepFor(3600);
  assert.ok(!table.list('all').some(({ lease: one }) => one.id === id(1)));
});

test('a name stays with the first key that took it until that peer is evicted or long unseen', () => {
  const { table, clock, sweepFor } = make();
  table.register(peer(1, { name: 'lab' }));
  assert.equal(table.register(peer(2, { name: 'lab' })).name, 'lab-2');
  table.leave(id(1), nonce(1));
  clock.advance(29 * DAY_MS);
  sweepFor(3600);
  assert.equal(table.register(peer(2, { name: 'lab' })).name, 'lab-2');
  assert.equal(table.register(peer(1, { name: 'lab' })).name, 'lab');
  table.evict(id(1));
  assert.equal(table.register(peer(2, { name: 'lab' })).name, 'lab');
});
