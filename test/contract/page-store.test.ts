import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageMark, PageStore } from '../../src/core/ports/page-store.ts';
import { MemoryPageStore } from '../../src/storage/memory/page-store.ts';
import { SqlitePageStore } from '../../src/storage/sqlite/page-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)];
const mark = (since: number): PageMark => ({
  ...{ index: '1'.repeat(16), since, reach: since + 5, last: 99, floor: 2, records: 5 },
});
const page = (text: string) => ({
  body: Buffer.from(text),
  key: Buffer.from('key'),
  signature: Buffer.from('signature'),
});
const textOf = (store: PageStore, owner: string, since: number) =>
  store.read(owner, since) && Buffer.from(store.read(owner, since)!.body).toString();

const adapters: Record<string, () => PageStore> = {
  memory: () => new MemoryPageStore(),
  sqlite: () => new SqlitePageStore(openPeerDatabase(':memory:')),
};

for (const [adapter, open] of Object.entries(adapters))
  test(`page store, ${adapter}: gives back the bytes, and cuts an owner's pages where another begins`, () => {
    const store = open();
    for (const since of [0, 5, 10]) store.keep(A, mark(since), page(`a ${since} ü`));
    store.keep(B, mark(0), page('b'));
    assert.deepEqual(
      store.marks(A).map((one) => ({ ...one })),
      [mark(0), mark(5), mark(10)],
    );
    assert.equal(textOf(store, A, 10), 'a 10 ü');
    store.keep(A, mark(5), page('anew'));
    assert.deepEqual(
      store.marks(A).map(({ since }) => since),
      [0, 5],
    );
    assert.equal(textOf(store, A, 5), 'anew');
    assert.equal(textOf(store, A, 10), undefined);
    assert.equal(Buffer.from(store.read(A, 0)!.key).toString(), 'key');
    assert.equal(Buffer.from(store.read(A, 0)!.signature).toString(), 'signature');
    store.drop(A);
    assert.deepEqual(store.marks(A), []);
    assert.equal(textOf(store, B, 0), 'b');
  });
