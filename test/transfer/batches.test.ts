import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { PeerId } from '../../src/core/ids.ts';
import type { WantedItem } from '../../src/core/wanted.ts';
import { eventually } from '../harness/eventually.ts';
import { assertClean, assertThere, fetchAll, hold, range } from '../harness/small-files.ts';
import { type Bounds, SwarmPeer } from '../harness/swarm-peer.ts';

const start = (n: number, bounds?: Bounds) => SwarmPeer.start(n, undefined, undefined, undefined, bounds);

describe('many small files', () => {
  it('come in batches, with times and modes, empty ones and empty folders', async () => {
    await using holder = await start(1);
    await using fetcher = await start(2);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 400));
    const empty = await holder.hold('empty', new Uint8Array(0));
    const others: WantedItem[] = [
      { relative: 'set/nothing/in here', kind: 'folder', size: 0 },
      { relative: 'set/empty', kind: 'file', size: 0, content: empty },
    ];
    const got = await fetchAll(fetcher, [...items, ...others]);
    assert.deepEqual(got.failed, []);
    assert.equal(got.state, 'done');
    assert.equal(got.done.length, 401);
    await assertThere(got.root, range(0, 400));
    assert.equal((await stat(join(got.root, 'set/empty'))).size, 0);
    assert.ok((await stat(join(got.root, 'set/nothing/in here'))).isDirectory());
    await assertClean(fetcher, got.root);
    assert.equal(holder.uploads.budget.used, 0);
    assert.ok(
      holder.uploads.batches > 0 && holder.uploads.batches < 200,
      `${holder.uploads.batches} requests`,
    );
    const served = holder.uploads.batches;
    const again = await fetchAll(fetcher, items);
    assert.equal(again.done.length, 400);
    assert.equal(holder.uploads.batches, served);
    assert.ok(again.done.every(({ bytes, sources }) => bytes === 0 && sources.length === 0));
  });

  it('come from every holder, each of what it has, and a file of all goes round who refuses it', async () => {
    await using one = await start(1);
    await using other = await start(2);
    await using fetcher = await start(3);
    fetcher.knows(one, other);
    const items = [...(await hold(one, range(0, 200))), ...(await hold(other, range(200, 400)))];
    const got = await fetchAll(fetcher, items);
    assert.deepEqual(got.failed, []);
    const givers = new Set(got.done.flatMap(({ sources }) => sources.map(({ peer }) => peer)));
    assert.deepEqual(givers, new Set<PeerId>([one.id, other.id]));
    await assertThere(got.root, range(0, 400));
  });

  it('are fetched one by one of a peer of an earlier version', async () => {
    await using holder = await start(1, { batches: false });
    await using fetcher = await start(2);
    fetcher.knows(holder);
    const got = await fetchAll(fetcher, await hold(holder, range(0, 60)));
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 60);
    assert.equal(holder.uploads.batches, 0);
  });

  it('fail by themselves, with reasons, when they vanished, changed or lie elsewhere', async () => {
    await using holder = await start(1);
    await using fetcher = await start(2);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 100));
    await rm(join(holder.folder, 'held-3'));
    await writeFile(join(holder.folder, 'held-4'), 'now something else');
    const unknown = { ...items[5]!, content: 'ab'.repeat(32), relative: 'set/d0/unknown' };
    await mkdir(join(fetcher.folder, 'out/set/d1'), { recursive: true });
    await writeFile(join(fetcher.folder, 'out/set/d1/é 6'), 'mine');
    const got = await fetchAll(fetcher, [...items, unknown]);
    assert.equal(got.state, 'failed');
    assert.equal(got.done.length, 97);
    const reasons = new Map(got.failed.map(({ path, reason }) => [path.slice(got.root.length + 1), reason]));
    assert.match(reasons.get('set/d3/é 3')!, /peer-1: it does not share this file any more/);
    assert.match(reasons.get('set/d4/é 4')!, /peer-1: the file changed/);
    assert.match(reasons.get('set/d0/unknown')!, /peer-1: it does not share/);
    assert.match(reasons.get('set/d1/é 6')!, /a different file stands/);
    assert.equal(reasons.size, 4);
    assert.equal(await readFile(join(got.root, 'set/d1/é 6'), 'utf8'), 'mine');
    assert.deepEqual(holder.suspected.map(({ relative }) => relative).toSorted(), ['held-3', 'held-4']);
    await assertClean(fetcher, got.root);
    await writeFile(join(holder.folder, 'held-3'), '');
    await hold(holder, [3]);
    const again = await fetchAll(fetcher, items, true);
    assert.deepEqual(
      again.failed.map(({ path }) => path),
      [join(got.root, 'set/d4/é 4')],
    );
    const fetched = again.done
      .filter(({ bytes }) => bytes > 0)
      .map(({ path }) => path.slice(got.root.length + 1));
    assert.deepEqual(fetched.toSorted(), ['set/d1/é 6', 'set/d3/é 3']);
  });

  it('that are not what their ids say are not written, and the liar is asked for nothing more', async () => {
    await using liar = await start(1);
    await using holder = await start(2);
    await using fetcher = await start(3);
    fetcher.knows(liar, holder);
    await hold(liar, range(0, 80));
    const items = await hold(holder, range(0, 80));
    // Other bytes of the same length and look, as a disk that rots would give them.
    for (const n of range(0, 80)) {
      const path = join(liar.folder, `held-${n}`);
      const { size } = await stat(path);
      await writeFile(path, new Uint8Array(size).fill(255));
      liar.holds({
        ...(await lookAt(path)),
        content: items[n]!.content!,
        root: liar.folder,
        relative: `held-${n}`,
      });
    }
    const got = await fetchAll(fetcher, items);
    assert.deepEqual(got.failed, []);
    assert.ok(got.done.every(({ sources }) => sources.every(({ peer }) => peer === holder.id)));
    assert.deepEqual(
      got.passedOver.map(({ peer }) => peer),
      [liar.id],
    );
    assert.ok(liar.suspected.length > 0, 'it is told');
    await assertThere(got.root, range(0, 80));
    await assertClean(fetcher, got.root);
  });

  it('what lies here with other bytes than were remembered is fetched', async () => {
    await using holder = await start(1);
    await using fetcher = await start(2);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 40));
    const path = join(fetcher.folder, 'rotten');
    await writeFile(path, new Uint8Array(items[7]!.size).fill(255));
    const place = { ...(await lookAt(path)), root: fetcher.folder, relative: 'rotten' };
    fetcher.holds({ ...place, content: items[7]!.content! });
    const got = await fetchAll(fetcher, items);
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 40);
    await assertThere(got.root, range(0, 40));
    assert.deepEqual(
      fetcher.suspected.map(({ relative }) => relative),
      ['rotten'],
    );
    await assertClean(fetcher, got.root);
  });

  it('of which an index tells a false size come all the same', async () => {
    await using holder = await start(1);
    await using fetcher = await start(2);
    fetcher.knows(holder);
    const items = await hold(holder, range(0, 40));
    const told = items.map((item, n) => (n === 7 || n === 8 ? { ...item, size: item.size + n - 6 } : item));
    const got = await fetchAll(fetcher, told);
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 40);
    await assertThere(got.root, range(0, 40));
    await assertClean(fetcher, got.root);
  });

  it('of which an index tells that they are empty come all the same, among many and by themselves', async () => {
    await using holder = await start(1);
    for (const count of [1, 40]) {
      await using fetcher = await start(2);
      fetcher.knows(holder);
      const items = await hold(holder, range(0, count));
      const told = items.map((item, n) => (n < 2 ? { ...item, size: 0 } : item));
      const got = await fetchAll(fetcher, told);
      assert.deepEqual(got.failed, []);
      assert.equal(got.done.length, count);
      await assertThere(got.root, range(0, count));
      await assertClean(fetcher, got.root);
    }
  });

  it('a source that goes away is replaced by another', async () => {
    await using fetcher = await start(3);
    await using holder = await start(2);
    const items = await hold(holder, range(0, 300));
    await using leaving = await start(1);
    await hold(leaving, range(0, 300));
    fetcher.knows(leaving, holder);
    leaving.upLimiter.rate = 50_000;
    const fetching = fetchAll(fetcher, items);
    await eventually(() => leaving.uploads.batches > 0);
    await leaving.swarm.stop();
    fetcher.others.forget(leaving.id);
    const got = await fetching;
    assert.deepEqual(got.failed, []);
    assert.equal(got.done.length, 300);
    await assertClean(fetcher, got.root);
  });
});

async function lookAt(path: string) {
  const { size, mtimeNs, dev, ino } = await stat(path, { bigint: true });
  return { size: Number(size), mtime: mtimeNs, device: dev, inode: ino };
}
