import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { LeafBuffers } from '../core/leaf-buffers.ts';
import type { ContentFiles } from '../core/ports/content-file.ts';
import type { HashStore, LocalContents, ManyLocalContents } from '../core/ports/local-contents.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import type { Random } from '../core/random.ts';
import { contentFiles } from '../storage/disk/content-files.ts';
import { SmallFilePool } from '../storage/disk/small-files/small-file-pool.ts';
import { BoundedFiles } from '../transfer/bounded-files.ts';
import { ContentSwarms } from '../transfer/content-swarms.ts';
import { LocalHoldings } from '../transfer/local-holdings.ts';
import { SwarmMembers } from '../transfer/swarm-members.ts';
import { bufferBytes } from './buffer-memory.ts';
import { workerUrl } from './worker-url.ts';

/** Unused buffers that are kept for the next leaf: 16 MiB. */
const KEPT_BUFFERS = 64;
/** Threads that read and write small files. */
const SMALL_FILE_THREADS = 2;
/** Files that are open at a time to be served. */
const MOST_OPEN_FILES = 256;
/** Unused buffers that are kept for the next batch, 16 MiB in each direction: as many as one source may fill at a time. */
export const KEPT_SLABS = 8;

export interface BothDirectionsOptions {
  readonly self: PeerId;
  readonly contents: LocalContents & ManyLocalContents;
  readonly hashes: HashStore;
  readonly directory: PeerDirectory;
  /** Most bytes that the process is to have resident. */
  readonly memoryBytes: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** What downloads and uploads have in common: a download is served to others while it runs. */
export interface BothDirections
  extends Pick<BothDirectionsOptions, 'self' | 'contents' | 'hashes' | 'clock' | 'random'> {
  readonly files: ContentFiles;
  readonly smallFiles: SmallFilePool;
  /** What lies here, and what is on its way here. */
  readonly holdings: LocalHoldings;
  readonly contentSwarms: ContentSwarms;
  readonly members: SwarmMembers;
  readonly buffers: LeafBuffers;
  /** Bytes of buffers for each direction: neither can starve the other, as a download waits for somebody's upload. */
  readonly half: number;
}

export function makeBothDirections(options: BothDirectionsOptions): BothDirections {
  const { self, contents, hashes, directory, memoryBytes, clock, random } = options;
  const files = new BoundedFiles(contentFiles, MOST_OPEN_FILES);
  const addressesOf = (peer: PeerId) => directory.get(peer)?.addresses ?? [];
  return {
    ...{ self, contents, hashes, clock, random, files },
    smallFiles: new SmallFilePool({
      worker: workerUrl('small-file-worker'),
      clock,
      size: SMALL_FILE_THREADS,
      flush: true,
      owner: self,
    }),
    holdings: new LocalHoldings({ contents, hashes, files }),
    contentSwarms: new ContentSwarms({ self, clock, random }),
    members: new SwarmMembers({ self, addressesOf, clock, random }),
    buffers: new LeafBuffers(KEPT_BUFFERS),
    half: Math.floor(bufferBytes(memoryBytes) / 2),
  };
}
