import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FilePlace } from '../../src/core/ports/local-contents.ts';
import type { LocalEntry, LocalFileStore } from '../../src/core/ports/local-file-store.ts';

const content = (n: number): string => n.toString(16).padStart(64, '0');
const HUGE = 2n ** 64n - 3n;

/** What every LocalFileStore must do. */
export function localFilesContract(name: string, open: () => { store: LocalFileStore; close(): void }): void {
  const test = (what: string, body: (store: LocalFileStore, share: number) => void) =>
    it(what, () => {
      const { store, close } = open();
      try {
        body(store, store.addShare('s', '/s').id);
      } finally {
        close();
      }
    });

  describe(`local files: ${name}`, () => {
    test('remembers shares, their roots and what they hold', (store, s) => {
      store.setRoot(s, { device: HUGE, inode: 5n, birth: 7n, marker: 'a'.repeat(32) });
      store.put(entry(s, { name: 'a', size: 10, content: content(1) }));
      store.put(entry(s, { name: 'b', size: 7, state: 'pending' }));
      store.put(entry(s, { name: 'dir', kind: 'folder', size: 0 }));
      assert.deepEqual(store.shares(), [
        {
          id: s,
          name: 's',
          path: '/s',
          root: { device: HUGE, inode: 5n, birth: 7n, marker: 'a'.repeat(32) },
          paused: false,
          files: 1,
          bytes: 10,
        },
      ]);
      store.put(entry(s, { name: 'a', size: 12, content: content(2) }));
      assert.equal(store.shares()[0]?.bytes, 12);
      store.put(entry(s, { name: 'a', size: 12, content: content(2), state: 'gone' }));
      assert.equal(store.shares()[0]?.files, 0);
      assert.throws(() => store.addShare('s', '/other'), { code: 'conflict' });
      assert.throws(() => store.addShare('other', '/s'), { code: 'conflict' });
    });

    test('replaces what was read before, and counts it', (store, s) => {
      const waiting = entry(s, { name: 'a', size: 10, state: 'pending' });
      store.replace(undefined, waiting);
      assert.deepEqual(store.get(s, '', 'a'), waiting);
      const settled = { ...waiting, content: content(1), stamp: 7, state: 'settled' } as const;
      store.replace(waiting, settled);
      assert.deepEqual(store.get(s, '', 'a'), settled);
      const grown = { ...settled, size: 12, mtime: 9n, executable: true };
      store.replace(settled, grown);
      assert.deepEqual(store.get(s, '', 'a'), grown);
      const { files, bytes } = store.shares()[0]!;
      assert.deepEqual([files, bytes], [1, 12]);
      store.replace(grown, { ...grown, state: 'rotten' });
      assert.equal(store.shares()[0]?.files, 0);
      store.remove(s, '', 'a');
      assert.equal(store.shares()[0]?.bytes, 0);
    });

    test('gives back every field', (store, s) => {
      const full = entry(s, {
        parent: 'Grüße/日本',
        name: 'cafe\u0301',
        size: 2 ** 44,
        mtime: -1_700_000_000_123_456_789n,
        device: HUGE,
        inode: HUGE - 1n,
        executable: true,
        content: content(9),
        stamp: 1_700_000_000_000,
      });
      store.put(full);
      assert.deepEqual(store.get(s, full.parent, full.name), full);
      assert.deepEqual(store.directory(s, full.parent), [full]);
      assert.equal(store.get(s, full.parent, 'caf\u00e9'), undefined);
      store.remove(s, full.parent, full.name);
      assert.equal(store.get(s, full.parent, full.name), undefined);
    });

    test('lists a folder and what lies below, without neighbours and what is gone', (store, s) => {
      const other = store.addShare('t', '/t').id;
      for (const [share, parent, state] of [
        [s, '', 'settled'],
        [s, 'p', 'settled'],
        [s, 'p', 'gone'],
        [s, 'p/q', 'pending'],
        [s, 'p-2', 'settled'],
        [other, 'p', 'settled'],
      ] as const) {
        store.put(entry(share, { parent, name: `${parent}-${state}`.replaceAll('/', '_'), state }));
      }
      const names = (found: readonly LocalEntry[]) => found.map(({ name }) => name).sort();
      assert.deepEqual(names(store.directory(s, 'p')), ['p-settled']);
      assert.deepEqual(names(store.below(s, 'p', 10)), ['p-settled', 'p_q-pending']);
      assert.equal(store.below(s, 'p', 1).length, 1);
      assert.equal(store.below(s, '', 10).length, 4);
    });

    test('hands out what waits to be hashed, oldest first', (store, s) => {
      for (const name of ['c', 'a', 'b']) store.put(entry(s, { name, state: 'pending', size: 3 }));
      store.put(entry(s, { name: 'later', state: 'deferred' }));
      const found = store.pending(s, 2);
      assert.deepEqual(
        found.map(({ name }) => name),
        ['c', 'a'],
      );
      assert.deepEqual(store.byId(found[0]!.id), store.get(s, '', 'c'));
      assert.equal(store.byId(1_000_000), undefined);
      const rest = store.pending(s, 10, found[1]!.id);
      assert.deepEqual(
        rest.map(({ name }) => name),
        ['b'],
      );
      assert.equal(store.retryDeferred(s), 1);
      assert.equal(store.pending(s, 10).length, 4);
      store.put(entry(s, { name: 'c', content: content(1) }));
      assert.equal(store.byId(found[0]!.id)?.state, 'settled');
      assert.equal(store.pending(s, 10).length, 3);
    });

    test('pauses a share, counts what waits, and names what is settled in order', (store, s) => {
      store.setPaused(s, true);
      assert.equal(store.shares()[0]!.paused, true);
      store.setPaused(s, false);
      assert.equal(store.shares()[0]!.paused, false);
      const other = store.addShare('other', '/other').id;
      store.put(entry(s, { name: 'dir', kind: 'folder', size: 0 }));
      store.put(entry(s, { name: 'a', size: 10, content: content(1) }));
      store.put(entry(other, { name: 'b', size: 4, state: 'pending' }));
      store.put(entry(s, { name: 'c', size: 7, state: 'pending' }));
      store.put(entry(s, { name: 'd', size: 8, state: 'pending' }));
      assert.deepEqual(store.waiting(s), { files: 2, bytes: 15 });
      const [first, ...more] = store.settledAfter(s, 0, 1);
      assert.deepEqual([first!.name, more.length], ['dir', 0]);
      assert.deepEqual(
        store.settledAfter(s, first!.id, 5).map(({ name }) => name),
        ['a'],
      );
    });

    test('recognises a file by its look while it is settled or gone', (store, s) => {
      const look = { size: 4, mtime: 9n, device: HUGE, inode: 77n, executable: false };
      store.put(entry(s, { ...look, name: 'known', content: content(3) }));
      assert.equal(store.sameLook(look)?.content, content(3));
      assert.equal(store.sameLook({ ...look, mtime: 10n }), undefined);
      assert.equal(store.sameLook({ ...look, device: 1n }), undefined);
      store.put(entry(s, { ...look, name: 'known', content: content(3), state: 'gone' }));
      assert.equal(store.sameLook(look)?.content, content(3));
      assert.deepEqual(store.byContent(content(3)), []);
      store.put(entry(s, { ...look, name: 'known', content: content(3), state: 'pending' }));
      assert.equal(store.sameLook(look), undefined);
      assert.equal(store.byContent(content(3)).length, 1);
    });

    test('forgets what is gone for long, or everything', (store, s) => {
      store.put(entry(s, { name: 'old', state: 'gone', stamp: 5 }));
      store.put(entry(s, { name: 'young', state: 'gone', stamp: 50 }));
      store.put(entry(s, { name: 'live' }));
      assert.equal(store.forget(s, 10, { goneBefore: 50 }), 1);
      assert.ok(store.get(s, '', 'young'));
      assert.equal(store.forget(s, 1, 'all'), 1);
      assert.equal(store.forget(s, 10, 'all'), 1);
      store.removeShare(s);
      assert.deepEqual(store.shares(), []);
    });

    test('remembers files outside the shares, the newest ones, and where everything lies', (store, s) => {
      const file = (n: number) => ({
        content: content(n),
        root: '/out',
        relative: `f${n}`,
        size: n,
        mtime: 5n,
        device: 1n,
        inode: HUGE,
      });
      for (const n of [1, 2, 3]) store.putWritten([file(n)], n, 2);
      assert.deepEqual(store.written(content(1)), []);
      assert.deepEqual(store.written(content(3)), [file(3)]);
      store.put(entry(s, { parent: 'a/b', name: 'c', content: content(3), device: HUGE }));
      store.put(entry(s, { name: 'd', content: content(2), state: 'gone' }));
      const [none, both, other] = store.placesOf([content(9), content(3), content(2)]);
      assert.deepEqual(none, []);
      assert.deepEqual(
        both!.map(({ root, relative, device }) => [root, relative, device]),
        [
          ['/s', 'a/b/c', HUGE],
          ['/out', 'f3', 1n],
        ],
      );
      assert.deepEqual([both![1], ...other!], [file(3), file(2)]);
      const [first, second] = store.placesOf([content(3), content(3)]);
      assert.deepEqual([first, second], [both, both], 'also where one is asked for twice');
      const place = (n: number) => store.placeOfEach([content(9), content(n), content(2)]).map(wayTo);
      assert.deepEqual(place(3), [undefined, '/s/a/b/c', '/out/f2']);
      store.setPaused(s, true);
      assert.deepEqual(store.placesOf([content(3)]), [[file(3)]]);
      assert.deepEqual(place(3), [undefined, '/out/f3', '/out/f2']);
      store.setPaused(s, false);
      assert.equal(store.writtenHashes(content(3)), undefined);
      const hashes = new Uint8Array(64).fill(7);
      store.putWritten([{ ...file(4), relative: 'f3', hashes }], 9, 2);
      assert.deepEqual(store.written(content(3)), []);
      assert.deepEqual(store.written(content(4)), [{ ...file(4), relative: 'f3' }]);
      const kept = store.writtenHashes(content(4))!;
      assert.deepEqual([kept.size, new Uint8Array(kept.hashes)], [4, hashes]);
      store.removeWritten('/out', 'f3');
      assert.deepEqual(store.written(content(4)), []);
    });

    test('tells a place of each of many contents, whatever their order and folders', (store, share) => {
      const names = Array.from({ length: 60 }, (_, n) => n);
      for (const n of names) {
        const parent = n < 40 ? 'a' : n < 50 ? '' : `deep/${n}`;
        store.put(entry(share, { parent, name: `f${n}`, content: content(n), size: n, mtime: BigInt(n) }));
      }
      const gone = entry(share, { parent: 'a', name: 'f7', content: content(7), state: 'gone' });
      store.put(gone);
      const orders = [
        names,
        names.toReversed(),
        names.filter((n) => n % 9 !== 4),
        [41, 3, 52, 4, 5, 6, 7, 8, 99, 39],
      ];
      for (const order of orders) {
        const found = store.placeOfEach(order.map(content));
        for (const [i, n] of order.entries()) {
          const parent = n < 40 ? '/s/a' : n < 50 ? '/s' : `/s/deep/${n}`;
          const there = n !== 7 && n < 60;
          assert.equal(wayTo(found[i]), there ? `${parent}/f${n}` : undefined);
          if (there) assert.deepEqual([found[i]!.size, found[i]!.mtime], [n, BigInt(n)]);
        }
      }
    });
  });
}

const wayTo = (place: FilePlace | undefined) => place && `${place.root}/${place.relative}`;

function entry(share: number, more: Partial<LocalEntry>): LocalEntry {
  return {
    share,
    parent: '',
    name: 'x',
    kind: 'file',
    size: 1,
    mtime: 1n,
    device: 1n,
    inode: 1n,
    executable: false,
    content: undefined,
    stamp: 0,
    state: 'settled',
    ...more,
  };
}
