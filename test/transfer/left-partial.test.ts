import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { it } from 'node:test';
import { silentLog } from '../../src/core/ports/log.ts';
import { DiskPartialStore } from '../../src/storage/disk/partial-store.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { discardPartials, forgetOldJobs } from '../../src/transfer/job-leftovers.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { ManualClock } from '../support/manual-clock.ts';

const CONTENT = 'c'.repeat(64);
const PLACE = { root: '', relative: 'deep/a.txt' };
const JOB = { id: 'j', what: 'a', overwrite: false, created: 0 };
const ITEM = { relative: PLACE.relative, kind: 'file', size: 5, content: CONTENT } as const;

/** A single leaf has no map; a kill leaves its partial alone. */
for (const [when, state] of [
  ['its job is cancelled', 'paused'],
  ['its job is forgotten', 'cancelled'],
] as const) {
  it(`the partial of a single leaf that a kill has left goes when ${when}`, async () => {
    await using folder = await tempFolder();
    const root = folder.join('root');
    await mkdir(root);
    const owner = 'ab'.repeat(16);
    const clock = new ManualClock();
    const partials = new DiskPartialStore({ folder: folder.join('maps'), owner, clock, flush: true });
    const left = await partials.open(CONTENT, 5, { ...PLACE, root });
    const store = new MemoryJobStore();
    store.create({ ...JOB, state, root, ...(state === 'cancelled' && { ended: 1 }) }, [ITEM]);
    assert.equal((await readdir(folder.join('root/deep'))).length, 1);
    if (state === 'paused') await discardPartials(JOB.id, store, partials);
    else await forgetOldJobs(8 * 24 * 3600 * 1000, store, partials, silentLog);
    assert.deepEqual(await readdir(folder.join('root/deep')), []);
    await left.close();
  });
}
