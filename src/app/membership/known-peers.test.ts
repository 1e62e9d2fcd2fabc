import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { silentLog } from '../../core/ports/log.ts';
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
