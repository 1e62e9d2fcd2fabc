import { join } from 'node:path';
import type { Address } from '../core/address.ts';
import { BudgetShares } from '../core/budget-shares.ts';
import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { HandshakePace } from '../core/limits/handshake-pace.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { ContentFiles } from '../core/ports/content-file.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { HashStore, LocalContents, ManyLocalContents } from '../core/ports/local-contents.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import type { Random } from '../core/random.ts';
import { RateMeter } from '../core/rate-meter.ts';
import type { Trust } from '../core/trust/trust.ts';
import { SwarmNetwork } from '../network/swarm/swarm-network.ts';
import type { Wire } from '../network/wire/wire.ts';
import { FEATURES } from '../protocol/swarm/frames.ts';
import { MAX_OUTSTANDING_LEAVES } from '../protocol/swarm/limits.ts';
import { contentFiles } from '../storage/disk/content-files.ts';
import { DiskDestinationFiles } from '../storage/disk/destination-files.ts';
import { HashPool } from '../storage/disk/hash-pool.ts';
import { diskMirrorFiles } from '../storage/disk/mirror-files.ts';
import { DiskPartialStore } from '../storage/disk/partial-store.ts';
import { PassingPartials } from '../storage/disk/passing-partials.ts';
import { SmallFilePool } from '../storage/disk/small-files/small-file-pool.ts';
import type { SwarmDirectory } from '../transfer/announcer.ts';
import { openBatch } from '../transfer/batch/batch-upload.ts';
import { SLAB_LEAVES } from '../transfer/batch/small-parts.ts';
import { BoundedFiles } from '../transfer/bounded-files.ts';
import { ContentSwarms } from '../transfer/content-swarms.ts';
import { DownloadTally } from '../transfer/download-tally.ts';
import type { ItemParts } from '../transfer/fetch-item.ts';
import { InFlight } from '../transfer/in-flight.ts';
import { JobService } from '../transfer/job-service.ts';
import { Lingering } from '../transfer/lingering.ts';
import { LinkWindows } from '../transfer/link-window.ts';
import { LocalHoldings } from '../transfer/local-holdings.ts';
import { LocalLink } from '../transfer/local-link.ts';
import type { MirrorParts } from '../transfer/mirror/mirror-parts.ts';
import { MirrorRun } from '../transfer/mirror/mirror-run.ts';
import { PeerMeters } from '../transfer/peer-meters.ts';
import { ContentReads } from '../transfer/preview/content-reads.ts';
import { SourceBans } from '../transfer/source-bans.ts';
import type { Sources } from '../transfer/source-finder.ts';
import { SwarmMembers } from '../transfer/swarm-members.ts';
import { openUpload, type UploadOptions } from '../transfer/upload.ts';
import { UploadQueue } from '../transfer/upload-queue.ts';
import { UrgentLeaves } from '../transfer/urgent-leaves.ts';
import { withoutBanned } from '../transfer/without-banned.ts';
import { bufferBytes } from './buffer-memory.ts';
import type { PeerConfig } from './config.ts';
import { readKeptLimits } from './kept-limits.ts';
import { makeRates, type RateConfig } from './peer-rates.ts';
import type { ScheduledRate } from './scheduled-rate.ts';
import { workerUrl } from './worker-url.ts';

/** Files on their way at a time, over all jobs. */
const LANES = 8;
/** Unused buffers that are kept for the next leaf: 16 MiB. */
const KEPT_BUFFERS = 64;
/** Threads that read and write small files. */
const SMALL_FILE_THREADS = 2;
/** Unused buffers that are kept for the next batch, 16 MiB in each direction: as many as one source may fill at a time. */
const KEPT_SLABS = 8;
const KEPT_PACKS = KEPT_SLABS * SLAB_LEAVES;
/** Files that are open at a time to be served. */
const MOST_OPEN_FILES = 256;

export interface TransferOptions {
  readonly config: Pick<PeerConfig, 'data' | 'memoryBytes' | 'lingerSeconds'> & RateConfig;
  readonly self: PeerId;
  readonly network: () => string | undefined;
  readonly wire: Wire;
  readonly trust: Trust;
  /** A member has a newer list of revocations. */
  readonly onNewerRevocations: (peer: PeerId) => void;
  /** How many handshakes others may begin here, and how long one may take. */
  readonly pace: HandshakePace;
  readonly helloMs: number;
  readonly directory: PeerDirectory;
  /** Where others find this peer. */
  readonly addresses: () => readonly Address[];
  /** Active peers that hold a content, without this one. */
  readonly holders: (content: string) => readonly PeerId[];
  readonly contents: LocalContents & ManyLocalContents;
  /** Active peers that hold each of these contents, without this one. */
  readonly holdersOfEach: (contents: readonly string[]) => readonly (readonly PeerId[])[];
  readonly hashes: HashStore;
  readonly jobs: JobStore;
  readonly mirrors: Omit<MirrorParts, 'files'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Everything that moves bytes, made and ended together. */
export interface Transfer {
  readonly jobs: JobService;
  /** Reading what lies anywhere in the network. */
  readonly reads: ContentReads;
  readonly swarm: SwarmNetwork;
  readonly lingering: Lingering;
  readonly destinations: DiskDestinationFiles;
  readonly files: ContentFiles;
  /** Memory for what is sent, by who gets it. */
  readonly uploadShares: BudgetShares;
  readonly up: ScheduledRate;
  readonly down: ScheduledRate;
  readonly upMeter: RateMeter;
  /** What goes to each peer. */
  readonly upMeters: PeerMeters;
  /** What was downloaded since the start. */
  readonly tally: DownloadTally;
  /** Memory for the buffers of each direction. */
  readonly budgets: { readonly download: MemoryBudget; readonly upload: MemoryBudget };
  /** Leaves that are on their way out. */
  readonly sending: () => number;
  /** Begins to send nothing more; resolves when what is on its way is out or the signal aborts, with how much was not. */
  finish(signal: AbortSignal): Promise<number>;
  stop(): Promise<void>;
}

export function makeTransfer(options: TransferOptions): Transfer {
  const { config, self, directory, contents, hashes, clock, random, log } = options;
  // Downloads and uploads each have half, so that neither can starve the other: a download waits for somebody's upload.
  const half = Math.floor(bufferBytes(config.memoryBytes) / 2);
  const buffers = new LeafBuffers(KEPT_BUFFERS);
  const { up, down, upOf, downOf } = makeRates(clock, config);
  const kept = readKeptLimits(config.data, log);
  if (kept) {
    up.follow(kept.up);
    down.follow(kept.down);
    log.info('the limits that were kept hold, and not those of the settings', { event: 'limits-kept' });
  }
  const upMeter = new RateMeter(clock);
  const upMeters = new PeerMeters(clock, upMeter);
  const listed = (peer: PeerId) => directory.get(peer)?.addresses ?? [];
  const members = new SwarmMembers({ self, addressesOf: listed, clock, random });
  const files = new BoundedFiles(contentFiles, MOST_OPEN_FILES);
  const holdings = new LocalHoldings({ contents, hashes, files });
  const contentSwarms = new ContentSwarms({ self, clock, random });
  const uploads: UploadOptions = {
    holdings,
    hashes,
    members,
    swarms: contentSwarms,
    queue: new UploadQueue(clock, random, (peer) => upOf.holdsBack(peer)),
    budget: new MemoryBudget(half),
    buffers,
    meter: upMeter,
    mostQueued: MAX_OUTSTANDING_LEAVES,
  };
  const smallFiles = new SmallFilePool({
    ...{ worker: workerUrl('small-file-worker'), clock, size: SMALL_FILE_THREADS, flush: true, owner: self },
  });
  const batches = {
    ...uploads,
    contents,
    files: smallFiles,
    buffers: new LeafBuffers(KEPT_PACKS, sharedBuffer),
  };
  const uploadShares = new BudgetShares(uploads.budget, Math.max(LEAF_BYTES * 8, half / 4));
  const ofPeer = (peer: PeerId) => ({ budget: uploadShares.of(peer), meter: upMeters.of(peer) });
  const swarm = new SwarmNetwork({
    identity: {
      peer: self,
      network: options.network,
      trust: options.trust,
      onNewerRevocations: options.onNewerRevocations,
      features: FEATURES.batch,
    },
    openUpload: (peer, content, sink) => openUpload(peer, content, sink, { ...uploads, ...ofPeer(peer) }),
    openBatch: (peer, items, sink) => openBatch(peer, items, sink, { ...batches, ...ofPeer(peer) }),
    members,
    limiterOf: (peer) => upOf.of(peer),
    downLimiterOf: (peer) => downOf.of(peer),
    log,
    wire: options.wire,
    times: { hello: options.helloMs },
    pace: options.pace,
  });
  const pool = new HashPool({ worker: workerUrl('hash-worker'), clock, size: 2 });
  const destinations = new DiskDestinationFiles(pool);
  // What lies here already is copied from files, never from the copy that is being made.
  const copies = {
    ...uploads,
    holdings: new LocalHoldings({ contents, hashes, files }),
    swarms: new ContentSwarms({ self, clock, random }),
    queue: new UploadQueue(clock, random),
    meter: new RateMeter(clock),
  };
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
  const lingering = new Lingering({
    self,
    swarms,
    members,
    lingerMs: config.lingerSeconds * 1000,
    clock,
    random,
    log,
  });
  const tally = new DownloadTally();
  const budget = new MemoryBudget(half);
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
  const parts: ItemParts = {
    self,
    sources: withoutBanned(sources, bans),
    bans,
    tally,
    swarms,
    members,
    holdings,
    lingering,
    contents,
    hashes,
    files,
    partials: new DiskPartialStore({
      folder: join(config.data, 'partials'),
      owner: self,
      clock,
      flush: true,
    }),
    local: new LocalLink(self, (content, sink) => openUpload(self, content, sink, copies)),
    destinations,
    small: {
      files: smallFiles,
      contents,
      slabs: new LeafBuffers(KEPT_SLABS, () => sharedBuffer(SLAB_LEAVES)),
      holdersOfEach: options.holdersOfEach,
    },
    budget,
    buffers,
    contentSwarms,
    urgent: new UrgentLeaves(),
    windows: new LinkWindows(clock, new InFlight(clock, down.limiter, (peer) => downOf.of(peer))),
    clock,
    random,
    log,
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
    jobs,
    reads,
    swarm,
    lingering,
    destinations,
    files,
    uploadShares,
    up,
    down,
    upMeter,
    upMeters,
    tally,
    budgets: { download: budget, upload: uploads.budget },
    sending: () => uploads.queue.sending,
    finish: (signal) => uploads.queue.finish(signal),
    async stop() {
      up.stop();
      down.stop();
      await reads.stop();
      await jobs.stop();
      lingering.stop();
      await swarm.stop();
      await Promise.all([pool.close(), smallFiles.close()]);
    },
  };
}
