import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { MirrorWanted } from '../../src/core/mirror.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { diskMirrorFiles } from '../../src/storage/disk/mirror-files.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { MemoryMirrorStore } from '../../src/storage/memory/mirror-store.ts';
import type { JobEvent } from '../../src/transfer/job-events.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import { MirrorRun } from '../../src/transfer/mirror/mirror-run.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

/** A mirror of what a test says is wanted, in a folder that a test takes away. */
async function mirror(holder: SwarmPeer, fetcher: SwarmPeer) {
  fetcher.knows(holder);
  const root = join(fetcher.folder, 'mirror');
  let wanted: readonly MirrorWanted[] = [];
  let change = () => {};
  const hooks = { read: () => {}, event: (_event: JobEvent) => {} };
  const hasher = new FileHasher(Date.now, () => {});
  const destinations = new DiskDestinationFiles({
    hash: async (at, relative) => relative.map((path) => hasher.hash(at, path)),
  });
  const store = new MemoryMirrorStore();
  const events: JobEvent[] = [];
  const jobs = new JobService({
    ...{ store: new MemoryJobStore(), lanes: 8, parts: { ...fetcher.parts, destinations } },
    mirrors: (options) =>
      new MirrorRun({
        ...options,
        mirror: {
          ...{ store, files: diskMirrorFiles, checkPlaces: () => {} },
          source: {
            read: async () => {
              hooks.read();
              return wanted;
            },
            fateOf: () => 'deleted',
            isUnderWay: () => false,
            whoIsAway: () => undefined,
            onChange: (listener) => {
              change = listener;
              return () => {};
            },
          },
        },
      }),
  });
  jobs.watch((event) => {
    events.push(event);
    hooks.event(event);
  });
  const file = async (relative: string, text: string): Promise<MirrorWanted> => {
    const content = await holder.hold(`${relative}-${text}`, Buffer.from(text));
    const origin = { owner: holder.id, path: relative, index: 'ab' };
    return {
      ...{ relative, kind: 'file', size: text.length, content, mtime: 0n, executable: false, origin },
    };
  };
  const want = (...files: readonly MirrorWanted[]) => {
    wanted = files;
    change();
  };
  const options = { removes: true, removesAll: false, once: false };
  const begin = () =>
    jobs.create({ id: 'm', what: 'set/', root, overwrite: false, items: [], mirror: options });
  const count = (kind: JobEvent['event']) => events.filter(({ event }) => event === kind).length;
  const stop = async () => {
    await jobs.stop();
    hasher.release();
  };
  return { root, jobs, hooks, store, file, want, begin, count, stop };
}

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
