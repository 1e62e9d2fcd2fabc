import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkStore, StoredLink } from '../../src/core/ports/link-store.ts';

/** What every LinkStore must do. `open` gives an empty one; `reopen` the same one after an end and a start. */
export function linkStoreContract(
  adapter: string,
  open: () => { readonly store: LinkStore; reopen(): LinkStore; close(): void },
): void {
  const check = (what: string, body: (store: LinkStore, reopen: () => LinkStore) => void) =>
    test(`${adapter} links: ${what}`, () => {
      const { store, reopen, close } = open();
      try {
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('what is added comes back, oldest first', (store, reopen) => {
    assert.deepEqual(store.all(), []);
    store.add(link(2));
    store.add(folder);
    store.add(link(1));
    const kept = reopen();
    assert.deepEqual(kept.all(), [link(1), link(2), folder]);
    assert.deepEqual(kept.get(folder.id), folder);
    assert.equal(kept.get('0'.repeat(16)), undefined);
  });

  check('a withdrawal stays as it was first', (store, reopen) => {
    store.add(link(1));
    store.add(link(2));
    store.revoke(link(1).id, 500);
    store.revoke(link(1).id, 600);
    store.revoke('f'.repeat(16), 700);
    assert.deepEqual(reopen().all(), [{ ...link(1), revoked: 500 }, link(2)]);
  });

  check('uses are counted', (store, reopen) => {
    store.add(link(1));
    store.countUse(link(1).id);
    store.countUse(link(1).id);
    store.countUse('f'.repeat(16));
    assert.equal(reopen().get(link(1).id)?.used, 2);
  });

  check('what ended or was withdrawn long ago is forgotten, the rest is not', (store, reopen) => {
    for (const n of [1, 2, 3]) store.add(link(n));
    store.revoke(link(3).id, 40);
    store.prune(link(1).expires + 1);
    assert.deepEqual(
      reopen()
        .all()
        .map(({ id }) => id),
      [link(2).id],
    );
  });
}

const link = (n: number): StoredLink => ({
  id: n.toString(16).padStart(16, '0'),
  kind: 'file',
  what: n.toString(16).padStart(64, 'a'),
  path: `share/Zoë 🎈 ${n}.txt`,
  size: 2 ** 43 + n,
  created: n,
  expires: 1000 + n,
  revoked: undefined,
  used: 0,
});

const folder: StoredLink = {
  ...link(9),
  kind: 'folder',
  what: 'share/photos',
  path: 'share/photos',
  size: undefined,
  used: 7,
};
