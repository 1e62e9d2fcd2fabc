import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { assertThere, beginJob, hold } from '../harness/small-files.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

const MIB = 1024 * 1024;
const RATE = 24 * MIB;

it('many small files get memory for a batch beside a large one that takes all of it', async () => {
  await using holder = await SwarmPeer.start(1);
  await using other = await SwarmPeer.start(2);
  await using fetcher = await SwarmPeer.start(3);
  fetcher.knows(holder, other);
  assert.ok(fetcher.budget.tryReserve(fetcher.budget.total - 4 * MIB));
  holder.upLimiter.rate = RATE;
  const size = 5 * RATE;
  const large = fetcher.fetch(await holder.hold('large', new Uint8Array(size)), size, 'large');
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  const items = await hold(other, numbers);
  const stop = new AbortController();
  const fetching = large.run(stop.signal).catch(() => {});
  await eventually(() => fetcher.budget.used > fetcher.budget.total - 2 * MIB, { every: 5 });
  const job = beginJob(fetcher, items);
  await job.ended;
  await assertThere(job.root, numbers);
  assert.ok(large.bytes < size, 'the large one is on its way still');
  stop.abort();
  await fetching;
  await job.stop();
});
