import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/core/clock.ts';
import type { HashKeeper } from '../../src/core/ports/local-contents.ts';

const content = (n: number): string => n.toString(16).padStart(64, '0');

/** What every HashKeeper must do. */
export function hashStoreContract(
  name: string,
  open: (clock: Clock) => { store: HashKeeper; close(): void },
): void {
  describe(`hash store: ${name}`, () => {
    it('keeps manifests and leaves, replaces and drops them', () => {
      let now = 1000;
      const clock: Clock = { now: () => now, monotonic: () => now, after: () => () => {} };
      const { store, close } = open(clock);
      try {
        assert.equal(store.manifest(content(1)), undefined);
        assert.equal(store.leaves(content(1), 0), undefined);
        store.putManifest(content(1), { size: 2 ** 44, groups: bytes(64) });
        store.putManifest(content(2), { size: 0, groups: bytes(0) });
        store.putLeaves(content(1), 1, bytes(2048));
        store.putLeaves(content(1), 1, bytes(32));
        const manifest = store.manifest(content(1))!;
        assert.equal(manifest.size, 2 ** 44);
        assert.deepEqual([...manifest.groups], [...bytes(64)]);
        assert.equal(store.manifest(content(2))?.groups.byteLength, 0);
        assert.deepEqual([...store.leaves(content(1), 1)!], [...bytes(32)]);
        assert.equal(store.leaves(content(1), 0), undefined);

        now = 2000;
        store.putManifest(content(3), { size: 1, groups: bytes(32) });
        assert.deepEqual(store.older(2000, content(0), 10), [content(1), content(2)]);
        assert.deepEqual(store.older(2000, content(1), 10), [content(2)]);
        assert.deepEqual(store.older(3000, content(0), 1), [content(1)]);
        store.drop(content(1));
        assert.equal(store.manifest(content(1)), undefined);
        assert.equal(store.leaves(content(1), 1), undefined);
        assert.ok(store.manifest(content(2)));
      } finally {
        close();
      }
    });
  });
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 255);
