import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { silentLog } from '../../core/ports/log.ts';
import { MemoryKnownPeerStore } from '../../storage/memory/known-peers.ts';
import { KnownPeers } from './known-peers.ts';

it('what cannot be written down is known all the same, and said once', () => {
  const warnings: string[] = [];
  const full = () => {
    throw new Error('database or disk is full');
  };
  const peers = new KnownPeers({
    store: { all: () => [], save: full, delete: full },
    clock: new ManualClock(),
    log: { ...silentLog, warn: (message) => warnings.push(message) },
    maxPeers: 10,
  });
  const told: string[] = [];
  peers.onChange((changed) => told.push(...changed.map(({ id }) => id)));
  peers.update([peer('a'), peer('b')], true);
  peers.update([peer('a')], true);
  peers.flush();
  peers.clear();
  assert.deepEqual(told, ['a', 'b', 'b', 'a']);
  assert.equal(peers.get('a'), undefined);
  assert.equal(warnings.length, 1);
});

it('who was active until a kill is not forgotten for not having changed in a month', () => {
  const store = new MemoryKnownPeerStore();
  const clock = new ManualClock();
  const options = { store, clock, log: silentLog, maxPeers: 10 };
  const peers = new KnownPeers(options);
  peers.update([{ ...peer('quiet'), lastSeen: clock.now() }], true);
  for (let hour = 0; hour < 40 * 24; hour += 1) {
    clock.advance(3600 * 1000);
    peers.touch();
  }
  // Killed: nothing is written at the end.
  assert.equal(new KnownPeers(options).get('quiet')?.active, true);
});

const peer = (id: string): KnownPeer => ({
  id,
  name: id,
  addresses: [],
  active: true,
  since: 0,
  lastSeen: 0,
  files: 0,
  bytes: 0,
  role: 'publish' as const,
});
