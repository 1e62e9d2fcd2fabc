import { join } from 'node:path';
import type { Address } from '../core/address.ts';
import type { PeerId } from '../core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../core/leaf-buffers.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { SwarmNetwork } from '../network/swarm/swarm-network.ts';
import { DiskDestinationFiles } from '../storage/disk/destination-files.ts';
import { HashPool } from '../storage/disk/hash-pool.ts';
import { diskMirrorFiles } from '../storage/disk/mirror-files.ts';
import { DiskPartialStore } from '../storage/disk/partial-store.ts';
import { PassingPartials } from '../storage/disk/passing-partials.ts';
import type { SwarmDirectory } from '../transfer/announcer.ts';
import { SLAB_LEAVES } from '../transfer/batch/small-parts.ts';
import { ContentSwarms } from '../transfer/content-swarms.ts';
import { DownloadTally } from '../transfer/download-tally.ts';
import type { ItemParts } from '../transfer/fetch-item.ts';
import { InFlight } from '../transfer/in-flight.ts';
import { JobService } from '../transfer/job-service.ts';
import { Lingering } from '../transfer/lingering.ts';
import { LinkWindows } from '../transfer/link-window.ts';
import type { MirrorParts } from '../transfer/mirror/mirror-parts.ts';
import { MirrorRun } from '../transfer/mirror/mirror-run.ts';
import { ContentReads } from '../transfer/preview/content-reads.ts';
import { SourceBans } from '../transfer/source-bans.ts';
import type { Sources } from '../transfer/source-finder.ts';
import { UrgentLeaves } from '../transfer/urgent-leaves.ts';
import { withoutBanned } from '../transfer/without-banned.ts';
import { type BothDirections, KEPT_SLABS } from './both-directions.ts';
import type { PeerConfig } from './config.ts';
import type { PeerRates } from './peer-rates.ts';
import { workerUrl } from './worker-url.ts';

/** Files on their way at a time, over all jobs. */
const LANES = 8;

/** Whom a peer downloads from, and what for. */
export interface DownloadWishes {
  readonly directory: PeerDirectory;
  /** Where others find this peer. */
  readonly addresses: () => readonly Address[];
  /** Active peers that hold a content, without this one. */
  readonly holders: (content: string) => readonly PeerId[];
  /** Likewise of each of these contents. */
  readonly holdersOfEach: (contents: readonly string[]) => readonly (readonly PeerId[])[];
  readonly jobs: JobStore;
  readonly mirrors: Omit<MirrorParts, 'files'>;
  readonly log: Log;
}

export interface DownloadsOptions extends DownloadWishes {
  readonly config: Pick<PeerConfig, 'data' | 'lingerSeconds'>;
  readonly both: BothDirections;
  readonly rates: Pick<PeerRates, 'down' | 'downOf'>;
  readonly swarm: SwarmNetwork;
  /** This machine as a source. */
  readonly local: SourceLink;
}

/** What fetches: jobs, and reads that make no file. */
export interface PeerDownloads {
  readonly jobs: JobService;
  /** Reading what lies anywhere in the network. */
  readonly reads: ContentReads;
  readonly lingering: Lingering;
  readonly destinations: DiskDestinationFiles;
  /** What was downloaded since the start. */
  readonly tally: DownloadTally;
  /** Memory for its buffers. */
  readonly budget: MemoryBudget;
  stop(): Promise<void>;
}

export function makeDownloads(options: DownloadsOptions): PeerDownloads {
  const { config, both, directory, rates, swarm, log } = options;
  const { self, clock, random, members } = both;
  const pool = new HashPool({ worker: workerUrl('hash-worker'), clock, size: 2 });
  const destinations = new DiskDestinationFiles(pool);
  const nameOf = (peer: PeerId) => directory.get(peer)?.name ?? peer.slice(0, 12);
  const addressesOf = (peer: PeerId, told: readonly Address[] = []) => {
    const known = directory.get(peer);
    return known?.active ? known.addresses : [...told, ...(known?.addresses ?? [])];
  };
  const swarms: SwarmDirectory = {
    active: () => directory.active().map(({ id }) => id),
    seek: (peer, content, signal) =>
      swarm.seek(peer, addressesOf(peer), content, options.addresses(), signal),
  };
  const lingerMs = config.lingerSeconds * 1000;
  const lingering = new Lingering({ self, swarms, members, lingerMs, clock, random, log });
  const tally = new DownloadTally();
  const budget = new MemoryBudget(both.half);
  const bans = new SourceBans({
    clock,
    onBan(peer, { message }) {
      log.warn(`banned ${nameOf(peer)} as a source: ${message}`, { event: 'source-banned', peer });
      tally.bans += 1;
      swarm.hangUp(peer);
    },
  });
  const sources: Sources = {
    holders: options.holders,
    nameOf,
    connect: (peer, signal, told) => swarm.link(peer, addressesOf(peer, told), signal),
  };
  const inFlight = new InFlight(clock, rates.down.limiter, (peer) => rates.downOf.of(peer));
  const parts: ItemParts = {
    ...both,
    sources: withoutBanned(sources, bans),
    ...{ swarms, lingering, bans, tally, budget, destinations, log, local: options.local },
    partials: new DiskPartialStore({
      folder: join(config.data, 'partials'),
      owner: self,
      clock,
      flush: true,
    }),
    small: {
      files: both.smallFiles,
      contents: both.contents,
      slabs: new LeafBuffers(KEPT_SLABS, () => sharedBuffer(SLAB_LEAVES)),
      holdersOfEach: options.holdersOfEach,
    },
    urgent: new UrgentLeaves(),
    windows: new LinkWindows(clock, inFlight),
  };
  const jobs = new JobService({
    ...{ store: options.jobs, lanes: LANES, parts },
    mirrors: (job) => new MirrorRun({ ...job, mirror: { ...options.mirrors, files: diskMirrorFiles } }),
  });
  const reads = new ContentReads({
    ...parts,
    partials: new PassingPartials(join(config.data, 'previews')),
    // What is read and what is fetched choose their neighbours by themselves.
    contentSwarms: new ContentSwarms({ self, clock, random }),
  });
  return {
    ...{ jobs, reads, lingering, destinations, tally, budget },
    async stop() {
      await reads.stop();
      await jobs.stop();
      lingering.stop();
      await pool.close();
    },
  };
}
