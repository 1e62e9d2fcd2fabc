import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { leaseText, stateOf } from './member-words.ts';

const now = Date.parse('2030-01-07T12:00:00Z');
const peer = (changed: Partial<DirectoryPeer>) =>
  ({
    ...{ id: 'a'.repeat(32), name: 'lab', active: true },
    leaseEnds: '2030-01-07T12:01:05Z',
    lastSeen: '2030-01-07T11:30:00Z',
    ...changed,
  }) as DirectoryPeer;

describe('a peer in words', () => {
  it('is active while its lease runs, then away, and revoked where it lost its name', () => {
    assert.equal(stateOf(peer({})), 'active');
    assert.equal(stateOf(peer({ active: false })), 'away');
    assert.equal(stateOf(peer({ active: false, name: 'a'.repeat(32) })), 'revoked');
  });

  it('says how long its lease runs, and never less than nothing', () => {
    assert.equal(leaseText(peer({}), now), '1 min left');
    assert.equal(leaseText(peer({ leaseEnds: '2030-01-07T11:59:59Z' }), now), 'runs out');
    assert.equal(leaseText(peer({ active: false }), now), 'seen 30 min ago');
  });
});
