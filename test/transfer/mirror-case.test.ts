import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { scriptedMirror } from '../harness/scripted-mirror.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

it('a mirror on a disk that folds case keeps what only changed the case of its name, and removes it when it goes', async () => {
  await using holder = await SwarmPeer.start(1);
  await using fetcher = await SwarmPeer.start(2);
  const one = await scriptedMirror(holder, fetcher, { folds: true });
  const [a, b, c] = [await one.file('a', 'one'), await one.file('b', 'two'), await one.file('c', 'three')];
  one.want(a, b, c);
  one.begin();
  await eventually(() => one.count('equal') === 1);
  one.want({ ...a, relative: 'A' }, b, c);
  await eventually(() => one.count('equal') === 2);
  assert.deepEqual((await readdir(one.root)).toSorted(), ['a', 'b', 'c']);
  one.want(b, c);
  await eventually(() => one.count('equal') === 3);
  assert.deepEqual((await readdir(one.root)).toSorted(), ['b', 'c']);
  await one.stop();
});
