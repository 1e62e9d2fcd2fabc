import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PRIVATE_PREFIX } from '../../src/core/index-path.ts';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { eventually } from '../harness/eventually.ts';
import { scriptedMirror } from '../harness/scripted-mirror.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

describe('a mirror', () => {
  it('keeps nothing of versions that were on their way when it was killed and are wanted no more', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { partials, self } = fetcher.parts;
    const [large, moved, small] = [
      await one.file('d/large', 'large'.repeat(LEAF_BYTES)),
      await one.file('moved', 'moved'.repeat(LEAF_BYTES)),
      await one.file('small', 'small'),
    ];
    mkdirSync(join(one.root, 'd'), { recursive: true });
    for (const { content, size, relative } of [large, moved]) {
      const partial = await partials.open(content!, size, { root: one.root, relative });
      const text = relative === 'moved' ? 'moved' : 'large';
      await partial.write(0, Buffer.from(text.repeat(LEAF_BYTES)).subarray(0, LEAF_BYTES));
      await partial.close();
    }
    const part = `${PRIVATE_PREFIX}${small.content!.slice(0, 32)}-${self.slice(0, 12)}.part`;
    writeFileSync(join(one.root, part), 'sma');
    one.want(await one.file('d/large', 'newer'), { ...moved, relative: 'renamed' });
    one.begin([large, moved, small]);
    await eventually(() => one.count('equal') === 1);
    assert.deepEqual((await readdir(one.root, { recursive: true })).toSorted(), ['d', 'd/large', 'renamed']);
    assert.equal((await partials.kept()).size, 0);
    await one.stop();
  });

  it('keeps what it has in part while its source is away', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { partials } = fetcher.parts;
    const large = await one.file('large', 'large'.repeat(LEAF_BYTES));
    mkdirSync(one.root);
    const partial = await partials.open(large.content!, large.size, { root: one.root, relative: 'large' });
    await partial.write(0, Buffer.from('large'.repeat(LEAF_BYTES)).subarray(0, LEAF_BYTES));
    await partial.close();
    one.away();
    one.begin([large]);
    await eventually(() => one.count('waits') === 1);
    assert.equal((await partials.kept()).size, 1);
    one.want(large);
    await eventually(() => one.count('equal') === 1);
    assert.deepEqual(await readdir(one.root), ['large']);
    await one.stop();
  });

  it('forgets what failed once nobody wants it any more', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher, { lanes: 1 });
    one.hooks.event = ({ event }) => {
      if (event === 'done') writeFileSync(join(one.root, 'b'), 'my own');
    };
    const a = await one.file('a', 'one');
    one.want(a, await one.file('b', 'two'));
    one.begin();
    await eventually(() => one.count('waits') === 1);
    assert.equal(one.items.totals('m').failed, 1);
    one.want(a);
    await eventually(() => one.count('equal') === 1);
    assert.equal(one.items.totals('m').failed, 0);
    await one.stop();
  });
});
