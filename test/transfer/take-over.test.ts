import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import type { JobEvent } from '../../src/transfer/job-events.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import { seededBytes } from '../harness/files.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

/** More than one group. */
const OLD = seededBytes(LEAF_BYTES * 70 + 5, 1);

/** Fetches `wanted` over a file that has `standing`; bytes that came from the holder. */
async function replace(standing: Uint8Array, wanted: Uint8Array, change?: (file: string) => Promise<void>) {
  await using holder = await SwarmPeer.start(0);
  await using fetcher = await SwarmPeer.start(1);
  fetcher.knows(holder);
  const content = await holder.hold('held', wanted);
  const root = join(fetcher.folder, 'out');
  const file = join(root, 'file');
  await mkdir(root);
  await writeFile(file, standing);
  const hasher = new FileHasher(Date.now, () => {});
  const destinations = new DiskDestinationFiles({
    hash: async (at, relative) => {
      const hashed = relative.map((path) => hasher.hash(at, path));
      await change?.(file);
      return hashed;
    },
  });
  const jobs = new JobService({
    ...{ store: new MemoryJobStore(), lanes: 8 },
    parts: { ...fetcher.parts, destinations },
  });
  const ended = Promise.withResolvers<void>();
  const events: JobEvent[] = [];
  jobs.watch((event) => {
    events.push(event);
    if (event.event === 'ended') ended.resolve();
  });
  const items = [{ relative: 'file', kind: 'file' as const, size: wanted.byteLength, content }];
  jobs.create({ id: 'job', what: 'file', root, overwrite: true, items });
  await ended.promise;
  await jobs.stop();
  hasher.release();
  const [done] = events.filter((event) => event.event === 'done');
  assert.ok(done, JSON.stringify(events));
  assert.ok(Buffer.compare(await readFile(file), wanted) === 0, 'the new version stands there');
  return done.bytes;
}

const joined = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

describe('a new version takes over from the old one', () => {
  it('everything but the tail, where something was appended', async () => {
    assert.equal(
      await replace(OLD, joined(OLD, Buffer.from('more'))),
      5 + 4,
      'the last leaf alone is fetched',
    );
  });

  it('everything, where it was cut', async () => {
    assert.equal(await replace(OLD, OLD.subarray(0, LEAF_BYTES * 9)), 0);
  });

  it('what lies around a change', async () => {
    const changed = Buffer.from(OLD);
    changed[LEAF_BYTES * 3 + 17]! ^= 1;
    changed[LEAF_BYTES * 66]! ^= 1;
    assert.equal(await replace(OLD, changed), LEAF_BYTES * 2);
  });

  it('what lies at another place now', async () => {
    const moved = joined(seededBytes(LEAF_BYTES, 2), OLD);
    assert.equal(await replace(OLD, moved), LEAF_BYTES);
  });

  it('nothing of a file that has nothing in common', async () => {
    const other = seededBytes(LEAF_BYTES * 3, 3);
    assert.equal(await replace(OLD, other), other.byteLength);
  });

  it('nothing of one that changes after it was hashed', async () => {
    const wanted = joined(OLD, Buffer.from('more'));
    const fetched = await replace(OLD, wanted, (file) => writeFile(file, seededBytes(LEAF_BYTES * 2, 4)));
    assert.equal(fetched, wanted.byteLength);
  });
});
