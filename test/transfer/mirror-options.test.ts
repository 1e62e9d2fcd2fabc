import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MirrorOptions } from '../../src/core/mirror.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import type { JobWork } from '../../src/transfer/job-work.ts';
import { beginMirror } from '../../src/transfer/mirror/begin-mirror.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

const KEEPS: MirrorOptions = { removes: false, removesAll: false, once: false };
const REMOVES: MirrorOptions = { ...KEEPS, removes: true };
const REMOVES_ALL: MirrorOptions = { ...REMOVES, removesAll: true };

it('a mirror that several commands give other options at once runs by those that are shown', async () => {
  await using peer = await SwarmPeer.start(1);
  const destinations = new DiskDestinationFiles({ hash: async () => [] });
  const runs: (MirrorOptions | undefined)[] = [];
  let most = 0;
  let running = 0;
  const jobs = new JobService({
    ...{ store: new MemoryJobStore(), lanes: 8, parts: { ...peer.parts, destinations } },
    mirrors: ({ job }) => {
      runs.push(job.mirror);
      running += 1;
      most = Math.max(most, running);
      return untilStopped(() => {
        running -= 1;
      });
    },
  });
  const begin = (mirror: MirrorOptions) =>
    beginMirror(jobs, { id: 'm', what: 'set/', root: peer.folder, mirror });
  await begin(KEEPS);
  await eventually(() => jobs.view('m').state === 'queued' && running === 1);
  await Promise.all([begin(REMOVES), begin(REMOVES_ALL), begin(REMOVES)]);
  assert.deepEqual(runs.at(-1), jobs.view('m').mirror);
  assert.equal(running, 1);
  assert.equal(most, 1);
  await jobs.stop();
});

/** What runs until it is stopped, and takes a moment to end. */
function untilStopped(ended: () => void): JobWork {
  const work = {
    ...{ activeBytes: 0, rate: 0, sources: 0, waitsFor: undefined, active: new Map(), batchRates: new Map() },
    files: () => [],
    emitProgress() {},
    async run(signal: AbortSignal) {
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await new Promise((resolve) => setImmediate(resolve));
      ended();
      throw signal.reason;
    },
  };
  return work as JobWork;
}
