import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { scriptedMirror as mirror } from '../harness/scripted-mirror.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

describe('a mirror whose folder goes away', () => {
  it('before it has looked at it is not made anew, and nothing of it is forgotten', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await mirror(holder, fetcher);
    const [a, b] = [await one.file('a', 'one'), await one.file('b', 'two')];
    one.want(a, b);
    one.begin();
    await eventually(() => one.count('equal') === 1);
    one.hooks.read = () => {
      if (existsSync(one.root)) renameSync(one.root, `${one.root}-away`);
    };
    one.want(a, await one.file('c', 'three'));
    await eventually(() => one.count('waits') + one.count('equal') > 1);
    assert.match(one.jobs.view('m').why ?? '', /is not there/);
    assert.ok(!existsSync(one.root));
    assert.deepEqual(
      one.store.kept('m', '', 10).map(({ relative }) => relative),
      ['a', 'b'],
    );
    await one.stop();
  });

  it('while new files come is not made anew for new versions of others', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await mirror(holder, fetcher);
    one.want(await one.file('a', 'one'));
    one.begin();
    await eventually(() => one.count('equal') === 1);
    one.hooks.event = ({ event }) => {
      if (event === 'done') renameSync(one.root, `${one.root}-away`);
    };
    one.want(await one.file('a', 'newer'), await one.file('b', 'two'));
    await eventually(() => one.count('waits') === 1);
    assert.ok(!existsSync(one.root));
    assert.deepEqual((await readdir(`${one.root}-away`)).toSorted(), ['a', 'b']);
    await one.stop();
  });
});
