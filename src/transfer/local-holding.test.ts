import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { PeerdexError } from '../core/errors.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { Holding } from '../core/ports/holding.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';
import { MemoryHashStore } from '../storage/memory/hash-store.ts';
import { MemoryPartialStore } from '../storage/memory/partial-store.ts';
import { LocalHoldings } from './local-holdings.ts';

const CONTENT = sampleContent(5 * LEAF_BYTES);

describe('what is served of a content on its way', () => {
  it('is nothing until the manifest is proven, then each leaf as it is written', async () => {
    const one = await start();
    const holding = one.open()!;
    assert.equal(one.open()!.manifest, undefined);
    one.hashes.putManifest(CONTENT.id, CONTENT.manifest);
    one.underWay.proven();
    assert.deepEqual(one.heard, ['ready', 'ready']);
    one.heard.length = 0;
    assert.equal(holding.manifest?.size, CONTENT.size);
    await assert.rejects(read(holding, 2), { code: 'not-found' });
    await one.write(2);
    await one.write(3);
    assert.deepEqual(new Set(one.heard), new Set(['got 2', 'got 3']));
    const both = await read(holding, 2, 2);
    assert.ok(both.equals(CONTENT.bytes.subarray(2 * LEAF_BYTES, 4 * LEAF_BYTES)));
    await assert.rejects(read(holding, 3, 2), { code: 'not-found' });
  });

  it('goes on from the file that it becomes', async () => {
    const one = await start();
    one.hashes.putManifest(CONTENT.id, CONTENT.manifest);
    const holding = one.open()!;
    for (let leaf = 0; leaf < 5; leaf += 1) await one.write(leaf);
    one.underWay.closing();
    one.failReads = true; // as where the partial's file is closed already
    let answered = false;
    const reading = read(holding, 4).then((bytes) => {
      answered = true;
      return bytes;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answered, false, 'it waits for the name');
    one.standsAt = 'file';
    one.underWay.end();
    assert.ok((await reading).equals(CONTENT.leaf(4)));
    assert.equal(holding.have, 'whole');
    assert.ok(!one.heard.includes('ended'));
    await holding.close();
    assert.equal(one.openFiles, 0);
  });

  it('ends where the download comes to nothing', async () => {
    const one = await start();
    one.hashes.putManifest(CONTENT.id, CONTENT.manifest);
    one.open();
    one.underWay.end();
    assert.deepEqual(one.heard, ['ended']);
    assert.equal(one.open(), undefined);
  });

  it('fails at once where the disk does, and the download goes on', async () => {
    const one = await start();
    one.hashes.putManifest(CONTENT.id, CONTENT.manifest);
    const holding = one.open()!;
    await one.write(0);
    one.failReads = true;
    await assert.rejects(read(holding, 0), /broken/);
  });

  it('is not a manifest of another size than the partial has', async () => {
    const one = await start(CONTENT.size - 1);
    one.hashes.putManifest(CONTENT.id, CONTENT.manifest);
    assert.equal(one.open()?.manifest, undefined);
  });
});

async function read(holding: Holding, leaf: number, count = 1): Promise<Buffer> {
  const buffers = Array.from({ length: count }, () => Buffer.alloc(LEAF_BYTES));
  await holding.read(leaf, buffers);
  return Buffer.concat(buffers);
}

async function start(size = CONTENT.size) {
  const hashes = new MemoryHashStore(new ManualClock());
  const opened = await new MemoryPartialStore().open(CONTENT.id, size, { root: '/to', relative: 'x' });
  const state = { failReads: false, standsAt: undefined as string | undefined, openFiles: 0 };
  const readPartial = opened.read.bind(opened);
  opened.read = async (leaf, buffer) => {
    if (state.failReads) throw new PeerdexError('failed', 'broken');
    await readPartial(leaf, buffer);
  };
  const place = (relative: string): LocalFile => ({
    content: CONTENT.id,
    root: '/to',
    relative,
    size,
    mtime: 0n,
    device: 0n,
    inode: 0n,
  });
  const holdings = new LocalHoldings({
    contents: {
      locate: () => (state.standsAt === undefined ? [] : [place(state.standsAt)]),
      recordWritten() {},
      suspect() {},
    },
    hashes,
    files: {
      async open() {
        state.openFiles += 1;
        return {
          size,
          async read(buffers, offset) {
            for (const [i, buffer] of buffers.entries()) buffer.set(CONTENT.leaf(offset / LEAF_BYTES + i));
          },
          async close() {
            state.openFiles -= 1;
          },
        };
      },
    },
  });
  const underWay = holdings.begin(opened);
  const heard: string[] = [];
  return Object.assign(state, {
    hashes,
    underWay,
    heard,
    open: () =>
      holdings.open(CONTENT.id, {
        ready: () => heard.push('ready'),
        got: (leaf) => heard.push(`got ${leaf}`),
        ended: () => heard.push('ended'),
      }),
    async write(leaf: number) {
      await opened.write(leaf, CONTENT.leaf(leaf));
      underWay.got(leaf);
    },
  });
}
