import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3Of } from './digest.ts';
import { fromHex } from './ids.ts';
import { rendezvous } from './rendezvous.ts';

const peers = Array.from({ length: 200 }, (_, n) => (n * 7919 + 1).toString(16).padStart(32, '0'));
const contents = Array.from({ length: 300 }, (_, n) => (n * 104_729 + 1).toString(16).padStart(64, '0'));

test('everybody comes to the same three peers, in whatever order he knows them', () => {
  for (const content of contents.slice(0, 20)) {
    const chosen = rendezvous(content, peers);
    assert.equal(new Set(chosen).size, 3);
    assert.deepEqual(rendezvous(content, peers.toReversed()), chosen);
  }
});

test('a peer that goes moves only the contents that it kept', () => {
  const gone = peers[17]!;
  const others = peers.filter((peer) => peer !== gone);
  for (const content of contents) {
    const before = rendezvous(content, peers);
    const after = rendezvous(content, others);
    assert.ok(before.filter((peer) => peer !== gone).every((peer) => after.includes(peer)));
  }
});

test('the work is spread, and few peers are all taken', () => {
  const kept = new Map<string, number>();
  for (const content of contents) {
    for (const peer of rendezvous(content, peers)) kept.set(peer, (kept.get(peer) ?? 0) + 1);
  }
  assert.ok(Math.max(...kept.values()) < 20, 'an even share is 4.5');
  assert.deepEqual(rendezvous(contents[0]!, peers.slice(0, 2)).length, 2);
  assert.deepEqual(rendezvous(contents[0]!, []), []);
});

test('they are those of highest BLAKE3(content id ‖ peer id)', () => {
  for (const content of contents.slice(0, 20)) {
    const rank = (peer: string) => Buffer.from(blake3Of(fromHex(content), fromHex(peer)));
    const sorted = peers.toSorted((a, b) => Buffer.compare(rank(b), rank(a)));
    assert.deepEqual(rendezvous(content, peers), sorted.slice(0, 3));
  }
});
