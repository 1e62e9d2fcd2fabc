import assert from 'node:assert/strict';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { seededBytes } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

const SIZE = 2 ** 29 + 12_345;
const ISLAND = seededBytes(100_000, 6);
/** One island lies across the border of two leaves. */
const ISLANDS = [0, 2 ** 28 - 50_000, SIZE - ISLAND.byteLength];
const MEMORY = 200 * 2 ** 20;

describe('a file that is nearly all holes', () => {
  it('comes with what is in it, takes as little room as it did, and little memory', async () => {
    await using network = await ProcessNetwork.start();
    const folder = await network.makeFolder('images');
    const file = path.join(folder, 'disk.img');
    await using source = await open(file, 'w');
    await source.truncate(SIZE);
    for (const at of ISLANDS) await source.write(ISLAND, 0, ISLAND.byteLength, at);
    const alice = await network.peer('alice', { shares: [folder] });
    const bob = await network.peer('bob');
    const done = (await bob.get(['disk.img'])).one();
    assert.equal(done.bytes, SIZE);
    const { size, blocks } = await stat(done.path);
    assert.equal(size, SIZE);
    assert.ok(blocks * 512 <= 2 ** 21, `${blocks * 512} bytes of ${SIZE} are on the disk`);
    await using copy = await open(done.path, 'r');
    const there = Buffer.alloc(ISLAND.byteLength);
    for (const at of ISLANDS) {
      await copy.read(there, 0, there.byteLength, at);
      assert.ok(there.equals(ISLAND), `the bytes at ${at}`);
    }
    for (const { name, daemon } of [alice, bob]) {
      const { peakMemory } = daemon.stats;
      assert.ok(peakMemory < MEMORY, `${name} took ${Math.round(peakMemory / 2 ** 20)} MiB`);
    }
  });
});
