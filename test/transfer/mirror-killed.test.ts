import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { MirrorWanted } from '../../src/core/mirror.ts';
import { asComing } from '../../src/transfer/mirror/coming.ts';
import { eventually } from '../harness/eventually.ts';
import { scriptedMirror } from '../harness/scripted-mirror.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

/** Files as a kill leaves them between their name and the note of it: `new` was on its way, `old` was to be replaced. */
async function killed(one: Awaited<ReturnType<typeof scriptedMirror>>) {
  mkdirSync(one.root);
  const put = (want: MirrorWanted, text: string) => writeFileSync(join(one.root, want.relative), text);
  const [fresh, old, newer] = [
    await one.file('new', 'new'),
    await one.file('old', 'old'),
    await one.file('old', 'newer'),
  ];
  put(old, 'old');
  const { mtimeNs } = await stat(join(one.root, 'old'), { bigint: true });
  put(fresh, 'new');
  put(newer, 'newer');
  const begin = () => {
    one.items.create(
      {
        ...{ id: 'm', what: 'set/', state: 'running', root: one.root, overwrite: false, created: 0 },
        mirror: { removes: true, removesAll: true, once: false },
      },
      [fresh, newer],
    );
    one.store.keep('m', [asComing(fresh), { ...old, here: { size: 3, mtime: mtimeNs }, brought: true }]);
    one.jobs.start();
  };
  return { fresh, newer, begin };
}

describe('a mirror that was killed between the name of a file and the note of it', () => {
  it('replaces it by what came meanwhile', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { begin } = await killed(one);
    one.want(await one.file('new', 'newest'), await one.file('old', 'newest'));
    begin();
    await eventually(() => one.count('equal') === 1);
    for (const name of ['new', 'old']) assert.equal(await readFile(join(one.root, name), 'utf8'), 'newest');
    await one.stop();
  });

  it('removes it where it was deleted meanwhile', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { begin } = await killed(one);
    one.want();
    begin();
    await eventually(() => one.count('equal') === 1);
    assert.deepEqual(await readdir(one.root), []);
    await one.stop();
  });

  it('knows it later too, where what it mirrors was away', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { fresh, newer, begin } = await killed(one);
    let isAway = true;
    one.hooks.read = () => {
      if (isAway) throw new Error('away');
    };
    one.want(fresh, newer);
    begin();
    await eventually(() => one.count('waits') === 1);
    isAway = false;
    one.want(fresh, newer);
    await eventually(() => one.count('equal') === 1);
    one.want();
    await eventually(() => one.count('removed') === 2);
    assert.deepEqual(await readdir(one.root), []);
    await one.stop();
  });

  it('takes nothing for its own that is not what was on its way', async () => {
    await using holder = await SwarmPeer.start(1);
    await using fetcher = await SwarmPeer.start(2);
    const one = await scriptedMirror(holder, fetcher);
    const { begin } = await killed(one);
    for (const name of ['new', 'old']) writeFileSync(join(one.root, name), `my ${name}`);
    one.want();
    begin();
    await eventually(() => one.count('equal') === 1);
    assert.deepEqual((await readdir(one.root)).toSorted(), ['new', 'old']);
    assert.deepEqual(one.store.kept('m', '', 10), []);
    await one.stop();
  });
});
