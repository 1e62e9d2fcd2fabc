import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { WantedItem } from '../../src/core/wanted.ts';
import { eventually } from '../harness/eventually.ts';
import { beginJob } from '../harness/small-files.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { contentOf } from '../support/sample-content.ts';

describe('a job of small files that is stopped', () => {
  it('writes nothing more, not even the empty ones that it was about to take in', async () => {
    await using fetcher = await SwarmPeer.start(1);
    const { id: content } = contentOf(new Uint8Array(0));
    const items: WantedItem[] = Array.from({ length: 40 }, (_, n) => ({
      ...{ relative: `e${n}`, kind: 'file', size: 0, content },
    }));
    const { files } = fetcher.small;
    const [look, write] = [files.look.bind(files), files.write.bind(files)];
    let isLooking = false;
    let writes = 0;
    const late = Promise.withResolvers<void>();
    files.look = async (root, wants) => {
      isLooking = true;
      const standing = await look(root, wants);
      await late.promise;
      return standing;
    };
    files.write = (...write_) => {
      writes += 1;
      return write(...write_);
    };
    const { jobs, root, events, stop } = beginJob(fetcher, items);
    await eventually(() => isLooking);
    const pausing = jobs.pause('job');
    late.resolve();
    await pausing;
    assert.equal(writes, 0);
    assert.deepEqual(await readdir(root), []);
    jobs.resume('job');
    await eventually(() => events.some((event) => event.event === 'ended' && event.state === 'done'));
    assert.equal((await readdir(root)).length, 40);
    await stop();
  });
});
