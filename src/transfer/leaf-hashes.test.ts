import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { MemoryHashStore } from '../storage/memory/hash-store.ts';
import { LeafHashes } from './leaf-hashes.ts';

const CONTENT = sampleContent(66 * LEAF_BYTES + 9);

describe('leaf hashes', () => {
  it('are taken from the top down, each checked against the one above it', () => {
    const { hashes, store } = make();
    assert.equal(hashes.manifest, undefined);
    assert.equal(hashes.takeGroup(0, CONTENT.group(0)), false, 'before the manifest nothing can be checked');
    assert.throws(() => hashes.takeManifest({ ...CONTENT.manifest, size: CONTENT.size - 1 }), {
      code: 'verification',
    });
    assert.equal(store.manifest(CONTENT.id), undefined, 'what is wrong is not kept');
    hashes.takeManifest(CONTENT.manifest);
    hashes.takeManifest(CONTENT.manifest);
    assert.equal(hashes.knowsGroup(0), false);
    assert.equal(hashes.takeGroup(0, CONTENT.group(1)), false);
    assert.equal(hashes.takeGroup(2, CONTENT.group(0)), false);
    assert.equal(store.leaves(CONTENT.id, 0), undefined);
    assert.equal(hashes.verify(0, CONTENT.leaf(0)), undefined, 'unknown is neither right nor wrong');
    assert.equal(hashes.takeGroup(0, CONTENT.group(0)), true);
    assert.equal(hashes.takeGroup(0, CONTENT.group(0)), true);
    assert.equal(hashes.knowsGroup(0), true);
    assert.equal(hashes.verify(63, CONTENT.leaf(63)), true);
    assert.equal(hashes.verify(62, CONTENT.leaf(63)), false);
    assert.equal(hashes.verify(63, CONTENT.leaf(63).subarray(1)), false);
    assert.equal(hashes.verify(66, CONTENT.leaf(66)), undefined);
  });

  it('that were kept are known without asking', () => {
    const { hashes, store } = make();
    hashes.takeManifest(CONTENT.manifest);
    hashes.takeGroup(1, CONTENT.group(1));
    const again = new LeafHashes(CONTENT.id, store);
    assert.deepEqual(again.manifest, CONTENT.manifest);
    assert.equal(again.knowsGroup(1), true);
    assert.equal(again.verify(66, CONTENT.leaf(66)), true);
    assert.equal(again.verify(66, new Uint8Array(9)), false);
  });
});

function make() {
  const store = new MemoryHashStore(new ManualClock());
  return { store, hashes: new LeafHashes(CONTENT.id, store) };
}
