import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { scriptedMirror } from '../harness/scripted-mirror.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

it('a mirror replaces a file that stood there before and is unaltered, and never removes it', async () => {
  await using holder = await SwarmPeer.start(1);
  await using fetcher = await SwarmPeer.start(2);
  const one = await scriptedMirror(holder, fetcher);
  mkdirSync(one.root);
  writeFileSync(join(one.root, 'a'), 'one');
  const b = await one.file('b', 'two');
  one.want(await one.file('a', 'one'), b);
  one.begin();
  await eventually(() => one.count('equal') === 1);
  const newer = await one.file('a', 'newer');
  one.want(newer, b);
  await eventually(() => one.count('equal') === 2);
  one.want(b);
  await eventually(() => one.count('equal') === 3);
  assert.equal(await readFile(join(one.root, 'a'), 'utf8'), 'newer');
  await one.stop();
});
