import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PassingPartials } from '../../src/storage/disk/passing-partials.ts';
import { ContentReads } from '../../src/transfer/preview/content-reads.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

const readsOf = ({ parts, folder }: SwarmPeer) =>
  new ContentReads({ ...parts, partials: new PassingPartials(join(folder, 'passing')) });

describe('a content that is only looked at', () => {
  it('may be empty', async () => {
    await using holder = await SwarmPeer.start(1);
    await using reader = await SwarmPeer.start(2);
    reader.knows(holder);
    const content = await holder.hold('empty', new Uint8Array(0));
    const reads = readsOf(reader);
    const read = await reads.open(content, 0, AbortSignal.timeout(3_000));
    assert.equal(read.size, 0);
    await read.close();
    await reads.stop();
  });

  it('comes for nobody once all reading was stopped', async () => {
    await using reader = await SwarmPeer.start(2);
    const reads = readsOf(reader);
    const content = 'ab'.repeat(32);
    const reading = reads.open(content, 100, AbortSignal.timeout(3_000));
    await reads.stop();
    await assert.rejects(reading, { code: 'unavailable' });
    assert.equal(reader.budget.used, 0);
  });
});
