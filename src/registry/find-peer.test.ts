import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPeer } from './find-peer.ts';

const PEERS = [
  { id: `abcdef00${'0'.repeat(24)}`, name: 'lab' },
  { id: `abcdef11${'0'.repeat(24)}`, name: 'Öl' },
  { id: `123456ff${'0'.repeat(24)}`, name: 'abcdef11' },
  { id: `77777777${'0'.repeat(24)}`, name: 'twin' },
  { id: `88888888${'0'.repeat(24)}`, name: 'twin' },
];

test('a peer is found by its id, its name or the beginning of its id, in this order', () => {
  assert.equal(findPeer(PEERS[0]!.id.toUpperCase(), PEERS), PEERS[0]);
  assert.equal(findPeer('O\u0308l', PEERS), PEERS[1]);
  assert.equal(findPeer('abcdef11', PEERS), PEERS[2]);
  assert.equal(findPeer('abcdef110', PEERS), PEERS[1]);
  assert.equal(findPeer('123456', PEERS), PEERS[2]);
});

test('what fits several or none is said with those that could be meant', () => {
  const ids = (...places: number[]) => places.map((n) => ({ what: PEERS[n]!.id, note: PEERS[n]!.name }));
  assert.throws(() => findPeer('abcdef', PEERS), { code: 'ambiguous', candidates: ids(0, 1) });
  assert.throws(() => findPeer('twin', PEERS), { code: 'ambiguous', candidates: ids(3, 4) });
  assert.throws(() => findPeer('LAB', PEERS), { code: 'not-found', candidates: ids(0) });
  assert.throws(() => findPeer('77777', PEERS), { code: 'not-found' });
  assert.throws(() => findPeer('', []), { code: 'not-found', candidates: [] });
});
