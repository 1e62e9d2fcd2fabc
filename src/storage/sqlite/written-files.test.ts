import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { WrittenPlace } from '../../core/ports/local-file-store.ts';
import { inTransaction, openDatabase } from './database.ts';
import { HintTable, keyOf } from './hint-table.ts';
import { openPeerDatabase, PEER_MIGRATIONS } from './peer-database.ts';
import { WrittenFiles } from './written-files.ts';

const idOf = (n: number): string => n.toString(16).padStart(8, '0').repeat(8);
const HUGE = 2n ** 64n - 1n;

/** Some are empty. */
const fileOf = (n: number, root = '/out', relative = `d/"Zöe" 🎈\n${n}`): WrittenPlace => ({
  ...{ content: idOf(n), root, relative, size: n % 7 === 0 ? 0 : 2 ** 33 + n },
  ...{ mtime: BigInt(n) - 2n ** 40n, device: HUGE, inode: HUGE - BigInt(n) },
});
const hashesOf = (n: number): Uint8Array => new Uint8Array(n % 7 === 0 ? 0 : 64).fill(n);
const withHashes = (n: number, root?: string, relative?: string): WrittenPlace => ({
  ...fileOf(n, root, relative),
  hashes: hashesOf(n),
});
const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

describe('files outside the shares in pages', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'peerdex-written-'));
    file = join(folder, 'peer.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('hundreds below two roots are found by content, also after an end and a start', () => {
    const database = openPeerDatabase(file);
    const files = new WrittenFiles(database);
    const same = (n: number) => fileOf(n, '/other');
    files.put([...numbers(0, 300).map((n) => withHashes(n)), ...numbers(200, 400).map(same)], 1, 1000);
    const check = (store: WrittenFiles) => {
      assert.deepEqual(store.of(idOf(199)), [fileOf(199)]);
      assert.deepEqual(store.of(idOf(250)), [fileOf(250), same(250)]);
      assert.deepEqual(store.of(idOf(399)), [same(399)]);
      assert.deepEqual(store.of(idOf(400)), []);
      const found = [5, 399, 400, 5].map((n) => ({ n, places: [] }));
      store.addTo(
        found.map(({ places }) => places),
        found.map(({ n }) => idOf(n)),
      );
      assert.deepEqual(
        found.map(({ places }) => places),
        [[fileOf(5)], [same(399)], [], [fileOf(5)]],
      );
      for (const n of [0, 1, 250]) {
        const { size, hashes } = store.hashesOf(idOf(n))!;
        assert.deepEqual([size, new Uint8Array(hashes)], [fileOf(n).size, hashesOf(n)]);
      }
      assert.equal(store.hashesOf(idOf(399)), undefined, 'they stand elsewhere');
    };
    check(files);
    database.close();
    const again = openPeerDatabase(file);
    check(new WrittenFiles(again));
    again.close();
  });

  it('what is written under a name stands there alone, and what is removed nowhere', () => {
    const database = openPeerDatabase(file);
    const files = new WrittenFiles(database);
    files.put(
      numbers(0, 300).map((n) => withHashes(n)),
      1,
      1000,
    );
    files.put(
      numbers(100, 300).map((n) => withHashes(n + 1000, '/out', fileOf(n).relative)),
      2,
      1000,
    );
    files.put([withHashes(5), fileOf(6), withHashes(7, '/out', 'x'), withHashes(8, '/out', 'x')], 3, 1000);
    files.remove('/out', fileOf(10).relative);
    files.remove('/other', fileOf(11).relative);
    files.remove('/out', 'nothing');
    const check = (store: WrittenFiles) => {
      const found = numbers(0, 1300).map(() => [] as unknown[]);
      store.addTo(found as never, numbers(0, 1300).map(idOf));
      const stands = (n: number) => found[n]!.length;
      assert.deepEqual([99, 100, 299, 1099, 1100, 1299].map(stands), [1, 0, 0, 0, 1, 1]);
      assert.deepEqual([5, 6, 7, 8, 10, 11].map(stands), [1, 1, 1, 2, 0, 1]);
      assert.equal(store.hashesOf(idOf(6)), undefined);
    };
    check(files);
    check(new WrittenFiles(database));
    database.close();
  });

  it('beyond what is kept the oldest go', () => {
    const database = openPeerDatabase(file);
    const files = new WrittenFiles(database);
    for (const n of numbers(0, 40))
      files.put(
        numbers(n * 100, n * 100 + 100).map((m) => withHashes(m)),
        n,
        1000,
      );
    const kept = numbers(0, 4000).filter((n) => files.of(idOf(n)).length === 1);
    assert.deepEqual(kept, numbers(kept[0]!, 4000));
    assert.ok(kept.length >= 1000 && kept.length <= 1128, `${kept.length}`);
    assert.deepEqual(new WrittenFiles(database).of(idOf(3999)), [fileOf(3999)]);
    for (const n of numbers(5000, 6500)) files.put([fileOf(n, '/out', 'again and again')], n, 1000);
    assert.deepEqual(
      files.of(idOf(3999)),
      [fileOf(3999)],
      "what is written over again and again takes nobody else's place",
    );
    assert.deepEqual(files.of(idOf(6498)), []);
    assert.deepEqual(files.of(idOf(6499)), [fileOf(6499, '/out', 'again and again')]);
    const { pages } = database.prepare('SELECT count(*) AS pages FROM written_page').get()!;
    assert.ok(Number(pages) < 20, `${pages}`);
    files.remove('/out', 'again and again');
    files.put([fileOf(7000)], 7000, 1000);
    assert.deepEqual([files.of(idOf(6499)), files.of(idOf(7000))], [[], [fileOf(7000)]]);
    database.close();
  });

  it('what is rolled back was never there, and what stood there stands', () => {
    const database = openPeerDatabase(file);
    const files = new WrittenFiles(database);
    files.put(
      numbers(0, 50).map((n) => withHashes(n)),
      1,
      1000,
    );
    const failing = () => {
      files.put(
        numbers(100, 150).map((n) => withHashes(n, '/out', fileOf(n - 100).relative)),
        2,
        1000,
      );
      throw new Error('the disk is full');
    };
    assert.throws(() => inTransaction(database, failing), /full/);
    files.put(
      numbers(200, 250).map((n) => withHashes(n)),
      3,
      1000,
    );
    assert.deepEqual(
      numbers(0, 250).filter((n) => files.of(idOf(n)).length > 0),
      [...numbers(0, 50), ...numbers(200, 250)],
    );
    database.close();
  });

  it('those of a database of before come over, the oldest first', () => {
    const old = openDatabase(file, PEER_MIGRATIONS.slice(0, 15));
    const insert = old.prepare('INSERT INTO written_files VALUES (?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)');
    const before = numbers(0, 700).map((n) =>
      n % 3 === 0 ? fileOf(n) : withHashes(n, n % 2 ? '/out' : '/b'),
    );
    for (const [n, { content, root, relative, size, mtime, hashes = null }] of before.entries())
      insert.run(n * 2 + 1, content, root, relative, size, mtime, -1n, -1n - BigInt(n), n, hashes);
    old.close();
    const database = openPeerDatabase(file);
    const files = new WrittenFiles(database);
    for (const [n, { hashes, ...place }] of before.entries()) {
      assert.deepEqual(files.of(place.content), [place]);
      const known = files.hashesOf(place.content);
      assert.deepEqual(known && new Uint8Array(known.hashes), hashes && hashesOf(n));
    }
    files.put([fileOf(900)], 1, 300);
    assert.equal(files.of(idOf(0)).length, 0);
    assert.equal(files.of(idOf(699)).length, 1);
    database.close();
  });
});

describe('hints', () => {
  it('hold several numbers a key, grow, and forget those that are too low', () => {
    let table = new HintTable(10, 1000);
    const keys = numbers(0, 3000).map((n) => (n % 1000 === 0 ? 2 ** 32 - 1 : keyOf(`file ${n}`)));
    for (const [n, key] of keys.entries()) {
      if (table.free === 0) table = table.withRoom(1, 1000);
      table.add(key, 1001 + n);
    }
    assert.deepEqual(table.of(2 ** 32 - 1), [1001, 2001, 3001]);
    for (const [n, key] of keys.entries()) assert.ok(table.of(key).includes(1001 + n));
    const fewer = table.withRoom(100, 2001);
    assert.deepEqual(fewer.of(2 ** 32 - 1), [3001]);
    assert.deepEqual(fewer.of(keys[1001]!), [2002]);
    assert.deepEqual(fewer.of(keys[999]!), []);
    assert.ok(fewer.free >= 100);
  });

  it('of a key with very many numbers the highest are told', () => {
    const table = new HintTable(1000, 0);
    const { free } = table;
    for (const n of numbers(1, 9000)) table.add(7, n);
    assert.deepEqual(table.of(7), numbers(8936, 9000));
    assert.equal(table.free, free - 64);
    assert.deepEqual(table.of(8), []);
  });
});
