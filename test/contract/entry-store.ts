import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogRecord } from '../../src/core/entry.ts';
import type { Cursor, EntryStore, Stretch } from '../../src/core/ports/entry-store.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const INDEX = '0123456789abcdef';
const content = (n: number): string => n.toString(16).padStart(64, '0');

/** What every EntryStore must do. */
export function entryStoreContract(name: string, open: () => { store: EntryStore; close(): void }): void {
  const test = (what: string, body: (store: EntryStore) => void) =>
    it(what, () => {
      const { store, close } = open();
      try {
        body(store);
      } finally {
        close();
      }
    });

  describe(`entry store: ${name}`, () => {
    test('keeps the newest record of a path and counts what is live', (store) => {
      store.addOwner(A, at(0), 1);
      store.put(A, [folder('s', 1), file('s/one', 2, { size: 10 }), file('s/two', 3, { size: 5 })], 5);
      store.put(A, [file('s/one', 4, { size: 30 }), gone('s/two', 5)], 6);
      const { files, bytes, folders, records } = store.owner(A)!;
      assert.deepEqual({ files, bytes, folders, records }, { files: 1, bytes: 30, folders: 1, records: 3 });
      assert.deepEqual(store.entry(A, 's/one'), file('s/one', 4, { size: 30 }));
      assert.equal(store.entry(A, 's/two')?.flag, 0);
      assert.equal(store.entry(A, 's/two')?.content, undefined);
      assert.equal(store.entry(B, 's/one'), undefined);
      assert.deepEqual(
        store.page(A, 1, 10).map(({ seq }) => seq),
        [4, 5],
      );
      assert.deepEqual(
        store.page(A, 0, 1).map(({ path }) => path),
        ['s'],
      );
    });

    test('counts the bytes of all paths', (store) => {
      store.addOwner(A, at(0), 1);
      const bytes = () => store.owner(A)?.pathBytes;
      store.put(A, [folder('s', 1), file('s/Grüße', 2), file('s/two', 3)], 5);
      assert.equal(bytes(), 1 + 9 + 5);
      store.put(A, [file('s/Grüße', 4), gone('s/two', 5)], 6);
      assert.equal(bytes(), 1 + 9 + 5);
      store.dropDeletions(A, 5, 7, 10);
      assert.equal(bytes(), 1 + 9);
      store.beginSnapshot(A, { index: INDEX, seq: 0, floor: 0, last: 1 }, 8);
      store.put(A, [folder('s', 1)], 8);
      for (let from: Cursor | undefined = '0'; from !== undefined; ) from = store.sweep(A, 10, from);
      assert.equal(bytes(), 1);
    });

    test('keeps every field, nanoseconds and Unicode too', (store) => {
      store.addOwner(A, at(0), 1);
      const entry: LogRecord = {
        ...file('s/Grüße 日本 😀/a\\b, "c"', 7, { size: 2 ** 44 }),
        mtime: 1_700_000_000_123_456_789n,
        executable: true,
      };
      const early = { ...file('s/before 1970', 8), mtime: -1n };
      store.put(A, [entry, early], 2);
      assert.deepEqual(store.entry(A, entry.path), entry);
      assert.deepEqual(store.page(A, 0, 5), [entry, early]);
    });

    test('a transaction that throws leaves nothing', (store) => {
      store.addOwner(A, at(0), 1);
      assert.throws(() =>
        store.transaction(() => {
          store.put(A, [file('s/x', 1)], 2);
          store.setPosition(A, at(1), 2);
          throw new Error('stop');
        }),
      );
      assert.equal(store.entry(A, 's/x'), undefined);
      assert.equal(store.owner(A)?.seq, 0);
    });

    test('remembers where a log and a snapshot stand', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(A, at(99), 2);
      const position = {
        index: INDEX,
        seq: 9,
        floor: 3,
        snapshot: { index: 'f'.repeat(16), seq: 4, floor: 1, last: 9 },
      };
      store.setPosition(A, position, 77);
      const { index, seq, floor, snapshot, updated } = store.owner(A)!;
      assert.deepEqual({ index, seq, floor, snapshot, updated }, { ...position, updated: 77 });
      store.setPosition(A, { ...position, snapshot: undefined }, 78);
      assert.equal(store.owner(A)?.snapshot, undefined);
      assert.deepEqual(
        store.owners().map(({ owner }) => owner),
        [A],
      );
    });

    test('sweeps what a snapshot did not bring, and only that', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(B, at(0), 1);
      store.put(A, many(20), 1);
      store.put(B, many(20), 1);
      store.beginSnapshot(A, { index: INDEX, seq: 0, floor: 0, last: 9 }, 2);
      store.put(A, [file('s/f03', 1), file('s/new', 2)], 3);
      let from: Cursor | undefined;
      let calls = 0;
      do {
        from = store.sweep(A, 7, from);
        calls += 1;
      } while (from !== undefined);
      assert.ok(calls >= 3);
      assert.deepEqual(
        store.page(A, 0, 100).map(({ path }) => path),
        ['s/f03', 's/new'],
      );
      assert.equal(store.owner(A)?.files, 2);
      assert.equal(store.owner(B)?.files, 20);
    });

    test('drops old deletions, by number and age', (store) => {
      store.addOwner(A, at(0), 1);
      store.put(A, [gone('s/a', 1), file('s/b', 2), gone('s/c', 3)], 10);
      store.put(A, [gone('s/d', 4)], 20);
      assert.deepEqual(store.dropDeletions(A, 4, 20, 1), [1]);
      assert.deepEqual(store.dropDeletions(A, 2, 20, 10), []);
      assert.deepEqual(store.dropDeletions(A, 4, 20, 10), [3]);
      assert.deepEqual(store.dropDeletions(A, 4, 100, 10), [4]);
      assert.equal(store.owner(A)?.records, 1);
    });

    test('tells deletions by number', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(B, at(0), 1);
      store.put(A, [gone('s/a', 1), file('s/b', 2), gone('s/c', 3), gone('s/d', 4), gone('s/e', 5)], 10);
      store.put(B, [gone('s/z', 2)], 10);
      const paths = (since: number, upTo: number, limit: number) =>
        store.deletions(A, since, upTo, limit).map(({ path }) => path);
      assert.deepEqual(paths(0, 5, 10), ['s/a', 's/c', 's/d', 's/e']);
      assert.deepEqual(paths(1, 4, 10), ['s/c', 's/d']);
      assert.deepEqual(paths(1, 5, 1), ['s/c']);
    });

    test('drops an owner in steps', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(B, at(0), 1);
      store.put(A, many(5), 1);
      store.put(B, many(5), 1);
      assert.equal(store.dropOwner(A, 3), false);
      assert.equal(store.owner(A)?.records, 2);
      assert.equal(store.dropOwner(A, 3), true);
      assert.equal(store.owner(A), undefined);
      assert.deepEqual(store.page(A, 0, 10), []);
      store.addOwner(A, at(0), 1);
      assert.deepEqual(store.page(A, 0, 10), []);
      assert.equal(store.page(B, 0, 10).length, 5);
    });

    test('walks folders, without neighbours that share a prefix', (store) => {
      store.addOwner(A, at(0), 1);
      const paths = ['p/a', 'p/b', 'p/sub/c', 'p/sub/deep/d', 'p-2/x', 'p!/y', 'p0/z'];
      store.put(A, [folder('p', 100), ...paths.map((path, i) => file(path, i + 1))], 1);
      store.put(A, [gone('p/b', 200)], 1);
      assert.deepEqual(all((from) => store.children(A, 'p', 1, from)).sort(), ['p/a']);
      assert.deepEqual(
        all((from) => store.children(A, '', 2, from)),
        ['p'],
      );
      for (const limit of [1, 2, 3, 100]) {
        assert.deepEqual(
          all((from) => store.below(A, 'p', limit, from)).sort(),
          ['p/a', 'p/sub/c', 'p/sub/deep/d'],
          `limit ${limit}`,
        );
      }
      assert.equal(all((from) => store.below(A, '', 2, from)).length, 7);
    });

    test('finds by content and by name among live entries of all owners', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(B, at(0), 1);
      store.put(
        A,
        [folder('s/same', 1), file('s/x/same', 2, { content: content(7) }), gone('s/y/same', 3)],
        1,
      );
      store.put(B, [file('t/other', 1, { content: content(7) })], 1);
      assert.deepEqual(
        store
          .byContent(content(7), new Set([A, B]), 10)
          .map(({ owner, path }) => [owner, path])
          .sort(),
        [
          [A, 's/x/same'],
          [B, 't/other'],
        ],
      );
      assert.equal(store.byContent(content(7), new Set([A, B]), 1).length, 1);
      const ofB = store.byContent(content(7), new Set([B]), 1);
      assert.deepEqual(
        ofB.map(({ path }) => path),
        ['t/other'],
      );
      store.put(A, [file('s/z/again', 4, { content: content(7) })], 1);
      const owners = store.placesOfEach([content(7)])[0]!.map(({ owner }) => owner);
      assert.deepEqual(owners.toSorted(), [A, B]);
      store.put(A, [gone('s/z/again', 5)], 1);
      const places = store.placesOfEach([content(8), content(7)]);
      assert.deepEqual(
        places.map((each) => each.map(({ owner, path }) => [owner, path]).sort()),
        [
          [],
          [
            [A, 's/x/same'],
            [B, 't/other'],
          ],
        ],
      );
      const [none, both] = store.ownersOfEach([content(8), content(7)]).map((owners) => [...owners].sort());
      assert.deepEqual([none, both], [[], [A, B]]);
      assert.deepEqual(
        store.ownersOfEach([content(7), content(8), content(7)]).map(({ length }) => length),
        [2, 0, 2],
      );
      assert.deepEqual(
        all((from) => store.byName('same', 'file', 1, from)),
        ['s/x/same'],
      );
      assert.deepEqual(
        all((from) => store.byName('same', 'folder', 10, from)),
        ['s/same'],
      );
    });

    test('matches folded parts of names, in bounded steps', (store) => {
      store.addOwner(A, at(0), 1);
      store.put(A, [...many(50), file('s/Résumé FINAL.pdf', 90), gone('s/resume final old', 91)], 1);
      const found = (parts: string[], limit: number) => all((from) => store.matching({ parts }, limit, from));
      for (const limit of [1, 7, 1000]) {
        assert.deepEqual(found(['final', 'resume'], limit), ['s/Résumé FINAL.pdf']);
        assert.equal(found(['f'], limit).length, 51);
        assert.deepEqual(found(['%'], limit), []);
      }
      assert.ok(store.matching({ parts: ['f'] }, 10).items.length <= 10);
    });

    test('matches a start and an end that do not overlap, exactly', (store) => {
      store.addOwner(A, at(0), 1);
      store.put(
        A,
        [file('s/aba', 1), file('s/ab', 2), file('s/abXa', 3), file('s/ABA', 4), folder('s/abba', 5)],
        1,
      );
      const found = (start: string, end: string, kind: 'file' | 'folder' = 'file') =>
        all((from) => store.matching({ start, end, kind }, 2, from)).sort();
      assert.deepEqual(found('ab', 'a'), ['s/abXa', 's/aba']);
      assert.deepEqual(found('', ''), ['s/ABA', 's/ab', 's/abXa', 's/aba']);
      assert.deepEqual(found('aba', 'a'), []);
      assert.deepEqual(found('a', 'a', 'folder'), ['s/abba']);
    });

    test('streams every file record, deleted ones too', (store) => {
      store.addOwner(A, at(0), 1);
      store.addOwner(B, at(0), 1);
      store.put(A, [...many(5), folder('s/dir', 50), gone('s/old', 51)], 1);
      store.put(B, many(3), 1);
      assert.equal(all((from) => store.rows(2, from)).length, 9);
    });
  });
}

const at = (seq: number) => ({ index: INDEX, seq, floor: 0 });

const file = (path: string, seq: number, more: Partial<LogRecord> = {}): LogRecord => ({
  path,
  kind: 'file',
  size: 1,
  mtime: 5n,
  executable: false,
  content: content(seq),
  flag: 1,
  seq,
  ...more,
});

const folder = (path: string, seq: number): LogRecord =>
  file(path, seq, { kind: 'folder', size: 0, mtime: 0n, content: undefined });
const gone = (path: string, seq: number): LogRecord => file(path, seq, { content: undefined, flag: 0 });
const many = (count: number): LogRecord[] =>
  Array.from({ length: count }, (_, i) => file(`s/f${String(i).padStart(2, '0')}`, i + 1));

function all(step: (from?: Cursor) => Stretch<LogRecord>): string[] {
  const paths: string[] = [];
  let from: Cursor | undefined;
  do {
    const { items, next } = step(from);
    paths.push(...items.map(({ path }) => path));
    from = next;
  } while (from !== undefined);
  return paths;
}
