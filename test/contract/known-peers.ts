import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownPeer } from '../../src/core/known-peer.ts';
import type { KnownPeerStore } from '../../src/core/ports/peer-directory.ts';

/** What every KnownPeerStore must do. `open` gives an empty one; `reopen` the same one after an end and a start. */
export function knownPeersContract(
  adapter: string,
  open: () => { readonly store: KnownPeerStore; reopen(): KnownPeerStore; close(): void },
): void {
  const check = (what: string, body: (store: KnownPeerStore, reopen: () => KnownPeerStore) => void) =>
    test(`${adapter} known peers: ${what}`, () => {
      const { store, reopen, close } = open();
      try {
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('what is saved comes back, with and without a head', (store, reopen) => {
    assert.deepEqual(store.all(), []);
    const bare = { ...peer(2), head: undefined, active: false, name: 'Öl 🎈' };
    store.save([peer(1), bare]);
    assert.deepEqual(byId(reopen().all()), [peer(1), bare]);
  });

  check('the newest of a peer counts', (store, reopen) => {
    store.save([peer(1), peer(2)]);
    const moved = { ...peer(1), addresses: [{ host: '::1', port: 65535 }], active: false, files: 2 ** 52 };
    store.save([moved]);
    assert.deepEqual(byId(reopen().all()), [moved, peer(2)]);
  });

  check('what is deleted is gone; deleting what is not there does nothing', (store, reopen) => {
    store.save([peer(1), peer(2)]);
    store.delete([peer(1).id, peer(9).id]);
    assert.deepEqual(reopen().all(), [peer(2)]);
  });
}

const peer = (n: number): KnownPeer => ({
  id: n.toString(16).padStart(32, '0'),
  name: `peer-${n}`,
  addresses: [
    { host: '10.0.0.7', port: 10000 },
    { host: 'fe80::1%eth0', port: 1 },
  ],
  active: true,
  since: 1_700_000_000_000,
  lastSeen: 1_700_000_000_001,
  head: { index: '00000000000000bb', seq: 2 ** 53 - 1 },
  files: n,
  bytes: 2 ** 43,
  role: 'publish',
});

const byId = (peers: readonly KnownPeer[]) => peers.toSorted((a, b) => (a.id < b.id ? -1 : 1));
