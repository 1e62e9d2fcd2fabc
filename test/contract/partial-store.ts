import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LEAF_BYTES, leafBytes, leafCount } from '../../src/core/leaf-layout.ts';
import type { Partial, PartialStore } from '../../src/core/ports/partial.ts';
import { seededBytes } from '../harness/files.ts';

/** A store and what can be seen of it from outside. */
export interface PartialStoreUnderTest extends AsyncDisposable {
  readonly store: PartialStore;
  /** The store after an end and a start. */
  reopen(): PartialStore;
  readonly root: string;
  /** The file below the root, or undefined. */
  read(relative: string): Promise<Uint8Array | undefined>;
  /** Puts a file, or with null a folder, below the root. */
  put(relative: string, bytes: Uint8Array | null): Promise<void>;
  /** Every file below the root, partials too. */
  names(): Promise<readonly string[]>;
  /** Of a small store: bytes that the disk has beside those that it gives to partials. */
  readonly spare?: number;
}

const MIB = 2 ** 20;
const content = (n: number): string => n.toString(16).padStart(2, '0').repeat(32);
const SIZE = 2 * LEAF_BYTES + 100;
const BYTES = seededBytes(SIZE, 7);

/** What every PartialStore must do. `openSmall` has room for 8 MiB. */
export function partialStoreContract(
  adapter: string,
  open: () => Promise<PartialStoreUnderTest>,
  openSmall: () => Promise<PartialStoreUnderTest>,
  skipSmall: string | false = false,
): void {
  describe(`partial store: ${adapter}`, () => {
    it('takes leaves in any order and gives the whole its name', async () => {
      await using one = await open();
      const partial = await one.store.open(content(1), SIZE, { root: one.root, relative: 'deep/er/a.bin' });
      assert.deepEqual([partial.content, partial.size, partial.have.count], [content(1), SIZE, 0]);
      await assert.rejects(partial.finish(false), { code: 'failed' });
      for (const leaf of [2, 0, 1]) {
        assert.equal(partial.have.has(leaf), false);
        await writeLeaf(partial, leaf);
        assert.equal(partial.have.has(leaf), true);
      }
      const back = new Uint8Array(100);
      await partial.read(2, back);
      assert.deepEqual(back, BYTES.slice(2 * LEAF_BYTES));
      const file = await partial.finish(false);
      assert.deepEqual(
        [file.content, file.root, file.relative, file.size],
        [content(1), one.root, 'deep/er/a.bin', SIZE],
      );
      assert.ok(same(await one.read('deep/er/a.bin'), BYTES));
      assert.deepEqual(await one.names(), ['deep/er/a.bin']);
      assert.equal((await one.store.kept()).size, 0);
    });

    it('many leaves may be written at once', async () => {
      await using one = await open();
      const size = 40 * LEAF_BYTES;
      const bytes = seededBytes(size, 3);
      const partial = await one.store.open(content(1), size, { root: one.root, relative: 'a' });
      const leaves = Array.from({ length: 40 }, (_, leaf) => (leaf * 7) % 40);
      await Promise.all(
        leaves.map((leaf) => partial.write(leaf, bytes.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES))),
      );
      await partial.close();
      const again = await one.reopen().open(content(1), size, { root: one.root, relative: 'a' });
      assert.equal(again.have.count, 40);
      await again.finish(false);
      assert.ok(same(await one.read('a'), bytes));
    });

    it('goes on after close with what it had', async () => {
      await using one = await open();
      const destination = { root: one.root, relative: 'a.bin' };
      const first = await one.store.open(content(1), SIZE, destination);
      await writeLeaf(first, 1);
      await first.close();
      await first.close();
      const store = one.reopen();
      assert.deepEqual([...(await store.kept())], [[content(1), LEAF_BYTES]]);
      assert.deepEqual([...((await store.leaves(content(1))) ?? [])], [1]);
      assert.equal(await store.leaves(content(2)), undefined);
      const second = await store.open(content(1), SIZE, destination);
      assert.deepEqual([...second.have], [1]);
      assert.deepEqual(second.doubtful, []);
      await writeLeaf(second, 0);
      await writeLeaf(second, 2);
      await second.finish(false);
      await second.close();
      assert.ok(same(await one.read('a.bin'), BYTES));
      assert.deepEqual(await one.names(), ['a.bin']);
    });

    it('keeps nothing of a single leaf, in which there is nothing to go on with', async () => {
      await using one = await open();
      const destination = { root: one.root, relative: 'small' };
      const first = await one.store.open(content(1), 10, destination);
      await first.write(0, BYTES.subarray(0, 10));
      await first.close();
      assert.deepEqual(await one.names(), []);
      const second = await one.reopen().open(content(1), 10, destination);
      assert.equal(second.have.count, 0);
      await second.write(0, BYTES.subarray(0, 10));
      await second.finish(false);
      assert.ok(same(await one.read('small'), BYTES.subarray(0, 10)));
      assert.deepEqual(await one.names(), ['small']);
    });

    it('an empty content is whole at once', async () => {
      await using one = await open();
      const partial = await one.store.open(content(1), 0, { root: one.root, relative: 'empty' });
      assert.equal(partial.have.isFull, true);
      await partial.finish(false);
      assert.equal((await one.read('empty'))?.byteLength, 0);
    });

    it('never replaces a file without being told, and keeps what was fetched', async () => {
      await using one = await open();
      const destination = { root: one.root, relative: 'a' };
      await one.put('a', Buffer.from('old'));
      const partial = await one.store.open(content(1), SIZE, destination);
      for (const leaf of [0, 1, 2]) await writeLeaf(partial, leaf);
      await assert.rejects(partial.finish(false), { code: 'conflict' });
      assert.ok(same(await one.read('a'), Buffer.from('old')));
      await partial.close();
      const again = await one.reopen().open(content(1), SIZE, destination);
      assert.equal(again.have.isFull, true);
      await again.finish(true);
      assert.ok(same(await one.read('a'), BYTES));
      assert.deepEqual(await one.names(), ['a']);
    });

    it('never replaces a folder', async () => {
      await using one = await open();
      await one.put('a', null);
      const partial = await one.store.open(content(1), 3, { root: one.root, relative: 'a' });
      await partial.write(0, BYTES.subarray(0, 3));
      await assert.rejects(partial.finish(true), { code: 'conflict' });
      await partial.close();
      assert.deepEqual(await one.names(), []);
    });

    it('discard leaves nothing, of an open partial and of a closed one', async () => {
      await using one = await open();
      const destination = { root: one.root, relative: 'folder/a' };
      const first = await one.store.open(content(1), SIZE, destination);
      await writeLeaf(first, 0);
      await first.discard();
      assert.deepEqual(await one.names(), []);
      const second = await one.store.open(content(1), SIZE, destination);
      assert.equal(second.have.count, 0);
      await writeLeaf(second, 0);
      await second.close();
      const store = one.reopen();
      await store.discard(content(1));
      await store.discard(content(1));
      await store.discard(content(2));
      assert.deepEqual(await one.names(), []);
      assert.equal((await store.kept()).size, 0);
      const third = await store.open(content(1), SIZE, destination);
      assert.equal(third.have.count, 0);
      await third.discard();
    });

    it('for another destination, or another size, it starts over and leaves nothing at the old one', async () => {
      await using one = await open();
      const first = await one.store.open(content(1), SIZE, { root: one.root, relative: 'old/a' });
      await writeLeaf(first, 0);
      await first.close();
      const second = await one.store.open(content(1), SIZE, { root: one.root, relative: 'new/a' });
      assert.equal(second.have.count, 0);
      assert.equal((await one.names()).filter((name) => name.startsWith('old/')).length, 0);
      await writeLeaf(second, 0);
      await second.close();
      const third = await one.store.open(content(1), SIZE + 1, { root: one.root, relative: 'new/a' });
      assert.equal(third.have.count, 0);
      await third.discard();
      assert.deepEqual(await one.names(), []);
    });

    it('two contents on their way into one folder do not meet', async () => {
      await using one = await open();
      const other = seededBytes(SIZE, 8);
      const [a, b] = await Promise.all(
        [1, 2].map((n) => one.store.open(content(n), SIZE, { root: one.root, relative: `to/${n}` })),
      );
      await Promise.all(
        [0, 1, 2].flatMap((leaf) => [
          writeLeaf(a!, leaf),
          b!.write(leaf, other.subarray(leaf * LEAF_BYTES, leaf * LEAF_BYTES + leafBytes(SIZE, leaf))),
        ]),
      );
      await Promise.all([a!.finish(false), b!.finish(false)]);
      assert.ok(same(await one.read('to/1'), BYTES));
      assert.ok(same(await one.read('to/2'), other));
    });

    it('says before it begins that the space does not suffice', { skip: skipSmall }, async () => {
      await using one = await openSmall();
      const { store, root } = one;
      await store.checkSpace(root, 7 * MIB);
      await assert.rejects(store.checkSpace(root, 9 * MIB), { code: 'no-space', retry: true });
      await assert.rejects(store.open(content(1), 9 * MIB, { root, relative: 'a' }), { code: 'no-space' });
      assert.deepEqual(await one.names(), []);
    });

    it('counts what other open partials still miss, and no more once they are closed', {
      skip: skipSmall,
    }, async () => {
      await using one = await openSmall();
      const { store, root } = one;
      const first = await store.open(content(1), 5 * MIB, { root, relative: 'a' });
      await assert.rejects(store.open(content(2), 5 * MIB, { root, relative: 'b' }), { code: 'no-space' });
      await assert.rejects(store.checkSpace(root, 5 * MIB), { code: 'no-space' });
      await first.close();
      const second = await store.open(content(2), 5 * MIB, { root, relative: 'b' });
      await second.discard();
      const both = await Promise.allSettled(
        [3, 4].map((n) => store.open(content(n), 5 * MIB, { root, relative: `${n}` })),
      );
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      for (const one of both) if (one.status === 'fulfilled') await one.value.discard();
    });

    it('fails a write when the disk is full meanwhile, and goes on when there is room', {
      skip: skipSmall,
    }, async () => {
      await using one = await openSmall();
      const { root } = one;
      const size = 6 * MIB;
      const bytes = seededBytes(size, 9);
      const first = await one.store.open(content(1), size, { root, relative: 'a' });
      const leaf = (n: number) => bytes.subarray(n * LEAF_BYTES, (n + 1) * LEAF_BYTES);
      await first.write(0, leaf(0));
      await one.put('filler', seededBytes(fillerBytes(one), 1));
      await assert.rejects(
        async () => {
          for (let n = 1; n < leafCount(size); n += 1) await first.write(n, leaf(n));
        },
        { code: 'no-space', retry: true },
      );
      const had = [...first.have];
      assert.ok(had.length < leafCount(size));
      await first.close();
      await one.put('filler', new Uint8Array(0));
      const second = await one.reopen().open(content(1), size, { root, relative: 'a' });
      assert.deepEqual([...second.have], had);
      for (let n = 0; n < leafCount(size); n += 1) if (!second.have.has(n)) await second.write(n, leaf(n));
      await second.finish(false);
      assert.ok(same(await one.read('a'), bytes));
    });
  });
}

/** Fills a small store so far that not all of the 6 MiB fit any more. */
const fillerBytes = ({ spare = 0 }: PartialStoreUnderTest): number => spare + 5 * MIB;

const writeLeaf = (partial: Partial, leaf: number): Promise<void> =>
  partial.write(leaf, BYTES.subarray(leaf * LEAF_BYTES, leaf * LEAF_BYTES + leafBytes(SIZE, leaf)));

const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;
