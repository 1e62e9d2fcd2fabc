import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';

const SIZE = 32 * LEAF_BYTES;
/** What may be on the way to a reader that has not acknowledged it. */
const MOST_SENT = 12 * LEAF_BYTES;

describe('a reader that stops reading in the middle of a leaf', () => {
  for (const rate of [undefined, 20e6]) {
    for (const isOwnLimit of [false, true]) {
      const why = isOwnLimit ? 'because of a limit of its own' : 'without a word';
      const link = rate === undefined ? 'a link without a limit' : 'a link with a limit';
      it(`${why} leaves the others all of ${link}, and the memory`, async () => {
        await using holder = await SwarmPeer.start(1);
        holder.upLimiter.rate = rate;
        await using proxy = await TcpProxy.start(holder.address.port);
        await using stopped = await SwarmPeer.start(2);
        stopped.knows({ id: holder.id, address: { host: '127.0.0.1', port: proxy.port } });
        if (isOwnLimit) stopped.downLimiter.rate = 1000;
        else proxy.give(3 * LEAF_BYTES + 1000);
        const stop = new AbortController();
        const never = stopped
          .fetch(await holder.hold('never', randomBytes(SIZE)), SIZE, 'never')
          .run(stop.signal);
        never.catch(() => {});
        await eventually(() => proxy.fromTarget > (isOwnLimit ? 1000 : 3 * LEAF_BYTES));

        await using one = await SwarmPeer.start(3);
        await using two = await SwarmPeer.start(4);
        await Promise.all([fetchWhole(holder, one), fetchWhole(holder, two)]);
        const toStopped = holder.uploads.meter.total - 2 * SIZE;
        assert.ok(toStopped <= MOST_SENT, `${toStopped} bytes to who takes nothing`);
        await eventually(() => holder.uploads.budget.used === 0);
        assert.deepEqual(stopped.passedOver, [], 'it waits, and is not waited for');
        stop.abort();
        await assert.rejects(never);
      });
    }
  }
});

async function fetchWhole(holder: SwarmPeer, peer: SwarmPeer): Promise<void> {
  const bytes = randomBytes(SIZE);
  const content = await holder.hold(peer.id, bytes);
  peer.knows(holder);
  await peer.fetch(content, SIZE, 'got').run(AbortSignal.timeout(60_000));
  assert.deepEqual(await readFile(join(peer.folder, 'got')), bytes);
}
