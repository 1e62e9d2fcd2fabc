import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { hashFile, makeFile } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

const LIMIT = 200 * 2 ** 20;
const SIZE = 512 * 2 ** 20;

describe('memory', () => {
  it('of both sides stays below 200 MiB for a file of 512 MiB', async () => {
    await using network = await ProcessNetwork.start();
    const file = await makeFile(network.folder.join('big/half gigabyte.bin'), SIZE);
    const alice = await network.peer('alice', { shares: [path.dirname(file)] });
    const bob = await network.peer('bob');
    const done = (await bob.get(['half gigabyte.bin'])).one();
    for (const { name, daemon } of [alice, bob]) {
      const { peakMemory } = daemon.stats;
      assert.ok(peakMemory < LIMIT, `${name} took ${Math.round(peakMemory / 2 ** 20)} MiB`);
    }
    assert.equal(await hashFile(done.path), await hashFile(file));
  });
});
