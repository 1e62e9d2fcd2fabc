import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { fetchAll, hold, range } from '../harness/small-files.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { settle } from '../support/settle.ts';

describe('the sources of a batch', () => {
  it('a source that nobody asked for anything for a while is not taken for a silent one', async () => {
    const clock = new ManualClock();
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2, undefined, undefined, clock);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 200));
    await fetchAll(fetcher, items.slice(0, 100));
    clock.advance(60_000);
    const asked = holder.uploads.batches;
    holder.upLimiter.rate = 1;
    holder.upLimiter.spend(60);
    const fetching = fetchAll(fetcher, items.slice(100));
    await eventually(() => holder.uploads.batches > asked);
    clock.advance(2_000);
    await settle();
    holder.upLimiter.rate = undefined;
    clock.advance(5_000);
    const got = await fetching;
    assert.deepEqual(got.passedOver, []);
    assert.equal(got.done.length, 100);
  });

  it('more peers than it connects to at a time are asked, each for what only it has', async () => {
    await using fetcher = await SwarmPeer.start(0);
    const holders: SwarmPeer[] = [];
    try {
      const items = [];
      const byContent = new Map<string, string>();
      for (let n = 1; n <= 17; n += 1) {
        const holder = await SwarmPeer.start(n);
        holders.push(holder);
        fetcher.meets(holder);
        const some = await hold(holder, range(n * 2, n * 2 + 2));
        for (const { content } of some) byContent.set(content!, holder.id);
        items.push(...some);
      }
      Object.assign(fetcher.small, {
        holdersOfEach: (contents: readonly string[]) => contents.map((content) => [byContent.get(content)!]),
      });
      const got = await fetchAll(fetcher, items);
      assert.deepEqual(got.failed, []);
      assert.equal(got.done.length, 34);
    } finally {
      for (const holder of holders) await holder[Symbol.asyncDispose]();
    }
  });

  it('a holder that is not active for a moment, late in a job, costs none of what is taken in just then', async () => {
    const clock = new ManualClock();
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2, undefined, undefined, clock);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 150));
    const { files, holdersOfEach } = fetcher.small;
    const look = files.look.bind(files);
    const late = Promise.withResolvers<void>();
    let isActive = true;
    let isTakenIn = false;
    let isFirst = true;
    files.look = async (root, wants) => {
      if (isFirst) {
        isFirst = false;
        return look(root, wants);
      }
      isActive = false;
      await late.promise;
      const standing = await look(root, wants);
      isTakenIn = true;
      return standing;
    };
    Object.assign(fetcher.small, {
      holdersOfEach: (contents: readonly string[]) =>
        isActive ? holdersOfEach(contents) : contents.map(() => []),
    });
    const fetching = fetchAll(fetcher, items);
    await eventually(() => fetcher.parts.tally.leaves === 128);
    clock.advance(60_000);
    await settle();
    late.resolve();
    await eventually(() => isTakenIn);
    for (let seconds = 0; seconds < 5; seconds += 1) {
      await settle();
      clock.advance(1_000);
    }
    isActive = true;
    for (let seconds = 0; seconds < 3; seconds += 1) {
      await settle();
      clock.advance(1_000);
    }
    const got = await fetching;
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 150);
  });

  it('what one gives far too slowly is asked of another that has nothing left to do', async () => {
    const clock = new ManualClock();
    await using slow = await SwarmPeer.start(1);
    await using holder = await SwarmPeer.start(2);
    await using fetcher = await SwarmPeer.start(3, undefined, undefined, clock);
    fetcher.knows(slow, holder);
    await hold(slow, range(0, 64));
    slow.upLimiter.rate = 1_000;
    const fetching = fetchAll(fetcher, await hold(holder, range(0, 64)));
    let isOver = false;
    void fetching.then(() => {
      isOver = true;
    });
    await eventually(() => {
      clock.advance(1_000);
      return isOver;
    });
    const got = await fetching;
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 64);
    assert.match(got.passedOver[0]?.reason ?? '', /slow/);
  });
});
