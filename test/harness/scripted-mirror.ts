import { join } from 'node:path';
import type { MirrorWanted } from '../../src/core/mirror.ts';
import type { DestinationFiles } from '../../src/core/ports/destination-files.ts';
import type { MirrorFiles } from '../../src/core/ports/mirror-files.ts';
import type { Destination } from '../../src/core/ports/partial.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { diskMirrorFiles } from '../../src/storage/disk/mirror-files.ts';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { MemoryMirrorStore } from '../../src/storage/memory/mirror-store.ts';
import type { JobEvent } from '../../src/transfer/job-events.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import { MirrorRun } from '../../src/transfer/mirror/mirror-run.ts';
import type { SwarmPeer } from './swarm-peer.ts';

/**
 * A mirror of what a test says is wanted, in a folder that a test may take away. `folds`: as on a disk that takes names of different case for
 * one, where all that is there has small letters.
 */
export async function scriptedMirror(
  holder: SwarmPeer,
  fetcher: SwarmPeer,
  { lanes = 8, folds = false } = {},
) {
  fetcher.knows(holder);
  const root = join(fetcher.folder, 'mirror');
  let wanted: readonly MirrorWanted[] = [];
  let held = 0;
  let isAway = false;
  let change = () => {};
  const hooks = { read: () => {}, event: (_event: JobEvent) => {} };
  const hasher = new FileHasher(Date.now, () => {});
  const disk = new DiskDestinationFiles({
    hash: async (at, relative) => relative.map((path) => hasher.hash(at, path)),
  });
  const onDisk = ({ root: at, relative }: Destination): Destination => ({
    root: at,
    relative: folds ? relative.toLowerCase() : relative,
  });
  const destinations: DestinationFiles = {
    makeRoot: (at) => disk.makeRoot(at),
    rootOf: (at) => disk.rootOf(at),
    look: (at) => disk.look(onDisk(at)),
    fileOf: (at, size) => disk.fileOf(onDisk(at), size),
    oldFile: (at, until) => disk.oldFile(onDisk(at), until),
    makeFolder: (at) => disk.makeFolder(onDisk(at)),
    foldsCase: async () => folds,
  };
  const files: MirrorFiles = {
    remove: (at, expected) => diskMirrorFiles.remove(onDisk(at), expected),
    removeFolder: (at) => diskMirrorFiles.removeFolder(onDisk(at)),
    giveLook: (at, expected, look) => diskMirrorFiles.giveLook(onDisk(at), expected, look),
  };
  const store = new MemoryMirrorStore();
  const items = new MemoryJobStore();
  const events: JobEvent[] = [];
  const jobs = new JobService({
    ...{ store: items, lanes, parts: { ...fetcher.parts, destinations } },
    mirrors: (options) =>
      new MirrorRun({
        ...options,
        mirror: {
          ...{ store, files, checkPlaces: () => {} },
          source: {
            read: async () => {
              hooks.read();
              return isAway ? undefined : { wanted, clashes: [] };
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
    held += 1;
    const content = await holder.hold(`held-${held}`, Buffer.from(text));
    const origin = { owner: holder.id, path: relative, index: 'ab' };
    return {
      ...{ relative, kind: 'file', size: text.length, content, mtime: 0n, executable: false, origin },
    };
  };
  const want = (...files: readonly MirrorWanted[]) => {
    isAway = false;
    wanted = files;
    change();
  };
  /** Nobody who is active has it. */
  const away = () => {
    isAway = true;
    change();
  };
  const options = { removes: true, removesAll: false, once: false };
  /** `begun`: what it was fetching when it was killed. */
  const begin = (begun: readonly MirrorWanted[] = []) =>
    jobs.create({ id: 'm', what: 'set/', root, overwrite: false, items: begun, mirror: options });
  const count = (kind: JobEvent['event']) => events.filter(({ event }) => event === kind).length;
  const stop = async () => {
    await jobs.stop();
    hasher.release();
  };
  return { root, jobs, hooks, store, items, file, want, away, begin, count, stop };
}
