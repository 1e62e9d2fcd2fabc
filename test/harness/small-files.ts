import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WantedItem } from '../../src/core/wanted.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import type { JobEvent } from '../../src/transfer/job-events.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import type { SwarmPeer } from './swarm-peer.ts';

const MTIME = 1_600_000_000_123_456_000n;

/** Bytes of the file with this number: from 1 byte to 60 kB, each with its own. */
function bytesOf(n: number): Uint8Array {
  const bytes = new Uint8Array(1 + ((n * 7919) % 60_000)).fill(n % 251);
  bytes.set(Buffer.from(String(n)).subarray(0, bytes.byteLength));
  return bytes;
}

/** Lets a peer hold files of these numbers, and gives what is to be wanted of them. */
export async function hold(peer: SwarmPeer, numbers: Iterable<number>): Promise<WantedItem[]> {
  const items: WantedItem[] = [];
  for (const n of numbers) {
    const bytes = bytesOf(n);
    const content = await peer.hold(`held-${n}`, bytes);
    const look = { mtime: MTIME, executable: n % 7 === 0 };
    items.push({ relative: `set/d${n % 5}/é ${n}`, kind: 'file', size: bytes.byteLength, content, ...look });
  }
  return items;
}

/** Begins with one job. */
export function beginJob(peer: SwarmPeer, items: readonly WantedItem[], overwrite = false) {
  const hasher = new FileHasher(Date.now, () => {});
  const destinations = new DiskDestinationFiles({
    hash: async (root, relative) => relative.map((path) => hasher.hash(root, path)),
  });
  const store = new MemoryJobStore();
  const jobs = new JobService({ store, lanes: 8, parts: { ...peer.parts, destinations, small: peer.small } });
  const events: JobEvent[] = [];
  const ended = Promise.withResolvers<void>();
  jobs.watch((event) => {
    events.push(event);
    if (event.event === 'ended') ended.resolve();
  });
  const root = join(peer.folder, 'out');
  jobs.create({ id: 'job', what: 'set/', root, overwrite, items });
  const stop = async () => {
    await jobs.stop();
    hasher.release();
  };
  return { jobs, root, events, ended: ended.promise, stop };
}

/** Runs one job to its end. */
export async function fetchAll(peer: SwarmPeer, items: readonly WantedItem[], overwrite = false) {
  const { jobs, root, events, ended, stop } = beginJob(peer, items, overwrite);
  await ended;
  const { state } = jobs.view('job');
  await stop();
  const of = <Kind extends JobEvent['event']>(kind: Kind) =>
    events.filter((event): event is Extract<JobEvent, { event: Kind }> => event.event === kind);
  const done = [...of('done'), ...of('together').flatMap(({ each }) => each())];
  return { root, state, done, failed: of('failed'), passedOver: of('passed-over') };
}

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

export async function assertThere(root: string, numbers: Iterable<number>): Promise<void> {
  for (const n of numbers) {
    const path = join(root, `set/d${n % 5}/é ${n}`);
    assert.deepEqual(new Uint8Array(await readFile(path)), bytesOf(n), path);
    const look = await stat(path, { bigint: true });
    assert.equal(look.mtimeNs / 1000n, MTIME / 1000n);
    assert.equal((look.mode & 0o111n) !== 0n, n % 7 === 0);
  }
}

/** Nothing is left of what was on its way, and no memory held. */
export async function assertClean(peer: SwarmPeer, root: string): Promise<void> {
  const names = await readdir(root, { recursive: true });
  assert.deepEqual(
    names.filter((name) => name.includes('.peerdex-')),
    [],
  );
  assert.equal(peer.budget.used, 0);
}
