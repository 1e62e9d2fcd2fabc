import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerUrl } from '../../src/app/worker-url.ts';
import type { Address } from '../../src/core/address.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { ContentId, PeerId } from '../../src/core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../../src/core/leaf-buffers.ts';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { groupSlice, leafHash, ManifestBuilder } from '../../src/core/manifest.ts';
import { MemoryBudget } from '../../src/core/memory-budget.ts';
import type { LocalContents, LocalFile, ManyLocalContents } from '../../src/core/ports/local-contents.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { systemRandom } from '../../src/core/random.ts';
import { RateLimiter } from '../../src/core/rate-limiter.ts';
import { RateMeter } from '../../src/core/rate-meter.ts';
import { SwarmNetwork } from '../../src/network/swarm/swarm-network.ts';
import type { SwarmTimes } from '../../src/network/swarm/swarm-times.ts';
import type { OpenBatch } from '../../src/network/swarm/upload-channels.ts';
import { plaintextWire } from '../../src/network/wire/plaintext-wire.ts';
import { openTlsWire } from '../../src/network/wire/tls-wire.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import { FEATURES } from '../../src/protocol/swarm/frames.ts';
import { contentFiles } from '../../src/storage/disk/content-files.ts';
import { DiskPartialStore } from '../../src/storage/disk/partial-store.ts';
import { SmallFilePool } from '../../src/storage/disk/small-files/small-file-pool.ts';
import { MemoryHashStore } from '../../src/storage/memory/hash-store.ts';
import type { SwarmDirectory } from '../../src/transfer/announcer.ts';
import { openBatch } from '../../src/transfer/batch/batch-upload.ts';
import { SLAB_LEAVES, type SmallParts } from '../../src/transfer/batch/small-parts.ts';
import { BoundedFiles } from '../../src/transfer/bounded-files.ts';
import { ContentSwarms, type ContentSwarmsOptions } from '../../src/transfer/content-swarms.ts';
import { DownloadTally } from '../../src/transfer/download-tally.ts';
import { ContentFetch } from '../../src/transfer/fetch-content.ts';
import { InFlight } from '../../src/transfer/in-flight.ts';
import { Lingering } from '../../src/transfer/lingering.ts';
import { LinkWindows } from '../../src/transfer/link-window.ts';
import { LocalHoldings } from '../../src/transfer/local-holdings.ts';
import { LocalLink } from '../../src/transfer/local-link.ts';
import type { PassedOver } from '../../src/transfer/passed-over.ts';
import { SourceBans } from '../../src/transfer/source-bans.ts';
import { SwarmMembers } from '../../src/transfer/swarm-members.ts';
import type { TransferParts } from '../../src/transfer/transfer-parts.ts';
import { openUpload, type UploadOptions } from '../../src/transfer/upload.ts';
import { UploadQueue } from '../../src/transfer/upload-queue.ts';
import { UrgentLeaves } from '../../src/transfer/urgent-leaves.ts';
import { freshKey } from '../support/fresh-key.ts';
import { numberOf, signer, TestNetwork } from '../support/signers.ts';

const NETWORK = new TestNetwork();
/** Files that one of these peers has open at a time to serve them. */
export const MOST_OPEN_FILES = 16;

/** Others than the usual bounds of its swarms; and whether it answers batches, as it does unless told. */
export type Bounds = Pick<ContentSwarmsOptions, 'mostNeighbours' | 'mostLinks'> & {
  readonly batches?: boolean;
};

/** A peer reduced to its swarm: real sockets, real files, hashes in memory, no registry and no index. */
export class SwarmPeer implements AsyncDisposable {
  readonly id: PeerId;
  readonly folder: string;
  readonly hashes = new MemoryHashStore(systemClock);
  readonly budget = new MemoryBudget(32 * 1024 * 1024);
  readonly uploadBudget = new MemoryBudget(32 * 1024 * 1024);
  readonly uploadQueue: UploadQueue;
  readonly upMeter = new RateMeter(systemClock);
  readonly upLimiter: RateLimiter;
  readonly downLimiter: RateLimiter;
  /** What each peer's bytes are drawn from: the above unless told. */
  upOf: (peer: PeerId) => RateLimiter = () => this.upLimiter;
  isUpHeldBack: (peer: PeerId) => boolean = () => false;
  downOf: (peer: PeerId) => RateLimiter = () => this.downLimiter;
  /** Files that were reported to have changed. */
  readonly suspected: LocalFile[] = [];
  /** Where other peers are found, and who is asked for a content. */
  readonly peers = new Map<PeerId, Address>();
  /** Those of them that the index would name: all that it `knows`. */
  readonly holders = new Set<PeerId>();
  readonly members: SwarmMembers;
  readonly lingering: Lingering;
  readonly swarm: SwarmNetwork;
  readonly parts: TransferParts;
  /** What it needs to fetch many small files. */
  readonly small: SmallParts;
  readonly address: Address;
  readonly passedOver: PassedOver[] = [];
  /** How many batches it was asked for. */
  batchesServed = 0;
  /** What it fetched is served from then on. */
  remembers = false;
  readonly #files = new Map<ContentId, LocalFile[]>();
  readonly #smallFiles: SmallFilePool;
  readonly #close: () => Promise<void>;

  /** `clock`: time of its limits, and of its patience with sources. */
  static async start(
    n = 0,
    network = NETWORK,
    times: Partial<SwarmTimes> = {},
    clock: Clock = systemClock,
    bounds: Bounds = {},
  ): Promise<SwarmPeer> {
    return SwarmPeer.#start(signer(n), network, times, plaintextWire, clock, bounds);
  }

  /** With a key of its own, whose id it has. */
  static async startWithTls(times: Partial<SwarmTimes> = {}): Promise<SwarmPeer> {
    const key = freshKey();
    return SwarmPeer.#start(key, NETWORK, times, await openTlsWire(key), systemClock);
  }

  static async #start(
    self: Signer,
    network: TestNetwork,
    times: Partial<SwarmTimes>,
    wire: Wire,
    clock: Clock,
    bounds: Bounds = {},
  ): Promise<SwarmPeer> {
    const folder = await mkdtemp(join(tmpdir(), 'peerdex-swarm-'));
    const server = wire.listener({
      onHttp: (socket) => socket.destroy(),
      onSwarm: (socket) => peer.swarm.accept(socket),
      // What a peer allows is looked at elsewhere.
      limits: { handshakes: 1e6, handshakesOfOne: 1e6 },
      clock: systemClock,
      log: silentLog,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const peer: SwarmPeer = new SwarmPeer(
      self,
      folder,
      { host: '127.0.0.1', port },
      network,
      times,
      wire,
      clock,
      async () => {
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
      bounds,
    );
    return peer;
  }

  private constructor(
    self: Signer,
    folder: string,
    address: Address,
    network: TestNetwork,
    times: Partial<SwarmTimes>,
    wire: Wire,
    clock: Clock,
    close: () => Promise<void>,
    bounds: Bounds = {},
  ) {
    const { id } = self;
    this.id = id;
    this.folder = folder;
    this.address = address;
    this.#close = close;
    this.upLimiter = new RateLimiter(clock);
    this.downLimiter = new RateLimiter(clock);
    const contents: LocalContents = {
      locate: (content) => this.#files.get(content) ?? [],
      recordWritten: (file) => this.#files.set(file.content, [file]),
      suspect: (file) => this.suspected.push(file),
    };
    const many: ManyLocalContents = {
      locateEach: (wanted) => wanted.map((content) => this.#files.get(content) ?? []),
      recordManyWritten: (root, written) => {
        for (const { content, relative, look } of written)
          this.#files.set(content, [{ content, root, relative, ...look }]);
      },
    };
    this.#smallFiles = new SmallFilePool({
      worker: workerUrl('small-file-worker'),
      clock,
      size: 1,
      flush: false,
      owner: id,
    });
    this.small = {
      files: this.#smallFiles,
      contents: many,
      slabs: new LeafBuffers(8, () => sharedBuffer(SLAB_LEAVES)),
      holdersOfEach: (wanted) => wanted.map((content) => this.parts.sources.holders(content)),
    };
    const buffers = new LeafBuffers(64);
    const { hashes } = this;
    const files = new BoundedFiles(contentFiles, MOST_OPEN_FILES);
    const holdings = new LocalHoldings({ contents, hashes, files });
    this.members = new SwarmMembers({
      self: id,
      addressesOf: (peer) => this.#addressesOf(peer),
      clock,
      random: systemRandom,
    });
    const { members } = this;
    const contentSwarms = new ContentSwarms({ self: id, clock, random: systemRandom, ...bounds });
    this.uploadQueue = new UploadQueue(clock, systemRandom, (peer) => this.isUpHeldBack(peer));
    const uploads: UploadOptions = {
      holdings,
      hashes,
      members,
      swarms: contentSwarms,
      queue: this.uploadQueue,
      budget: this.uploadBudget,
      buffers,
      meter: this.upMeter,
      mostQueued: 1024,
    };
    const shared = new LeafBuffers(8, sharedBuffer);
    const serveBatch: OpenBatch = (peer, items, sink) => {
      this.batchesServed += 1;
      return openBatch(peer, items, sink, {
        ...uploads,
        contents: { ...many, suspect: (file) => contents.suspect(file) },
        files: this.#smallFiles,
        buffers: shared,
      });
    };
    this.swarm = new SwarmNetwork({
      identity: {
        ...{ peer: id, network: () => network.id, trust: network.member(self) },
        features: bounds.batches === false ? 0 : FEATURES.batch,
      },
      ...(bounds.batches === false ? {} : { openBatch: serveBatch }),
      openUpload: (peer, content, sink) => openUpload(peer, content, sink, uploads),
      members,
      limiterOf: (peer) => this.upOf(peer),
      downLimiterOf: (peer) => this.downOf(peer),
      log: silentLog,
      times,
      wire,
    });
    const swarms: SwarmDirectory = {
      active: () => [...this.peers.keys()],
      seek: (peer, content, signal) =>
        this.swarm.seek(peer, this.#addressesOf(peer), content, [this.address], signal),
    };
    const random = systemRandom;
    const log = silentLog;
    this.lingering = new Lingering({ self: id, swarms, members, lingerMs: 600_000, clock, random, log });
    const copies = {
      ...uploads,
      holdings: new LocalHoldings({ contents, hashes, files }),
      swarms: new ContentSwarms({ self: id, clock, random }),
      queue: new UploadQueue(clock, random),
    };
    this.parts = {
      self: id,
      sources: {
        holders: () => [...this.holders],
        nameOf: (peer) => `peer-${numberOf(peer)}`,
        connect: (peer, signal, told) => {
          const known = this.#addressesOf(peer);
          return this.swarm.link(peer, known.length > 0 ? known : told, signal);
        },
      },
      swarms,
      members,
      holdings,
      lingering: this.lingering,
      tally: new DownloadTally(),
      bans: new SourceBans({ clock, onBan: () => {} }),
      contents,
      hashes,
      files,
      partials: new DiskPartialStore({
        folder: join(folder, 'maps'),
        owner: id,
        clock: systemClock,
        flush: false,
      }),
      local: new LocalLink(id, (content, sink) => openUpload(id, content, sink, copies)),
      budget: this.budget,
      buffers,
      contentSwarms,
      urgent: new UrgentLeaves(),
      windows: new LinkWindows(clock, new InFlight(clock, this.downLimiter, (peer) => this.downOf(peer))),
      clock,
      random,
      log,
    };
  }

  /** These are active, and hold whatever is asked for. */
  knows(...others: readonly Pick<SwarmPeer, 'id' | 'address'>[]): void {
    this.meets(...others);
    for (const other of others) this.holders.add(other.id);
  }

  /** These are active, and hold nothing as far as the index knows. */
  meets(...others: readonly Pick<SwarmPeer, 'id' | 'address'>[]): void {
    for (const other of others) this.peers.set(other.id, other.address);
  }

  #addressesOf(peer: PeerId): readonly Address[] {
    const address = this.peers.get(peer);
    return address ? [address] : [];
  }

  /** Writes a file and holds its content. */
  async hold(name: string, bytes: Uint8Array): Promise<ContentId> {
    const builder = new ManifestBuilder(bytes.byteLength);
    for (let at = 0; at < bytes.byteLength; at += LEAF_BYTES)
      builder.add(leafHash(bytes.subarray(at, at + LEAF_BYTES)));
    const { content, manifest, leaves } = builder.finish();
    this.hashes.putManifest(content, manifest);
    for (let group = 0; group * 64 * 32 < leaves.byteLength; group += 1) {
      this.hashes.putLeaves(content, group, groupSlice(leaves, group));
    }
    await writeFile(join(this.folder, name), bytes);
    const { size, mtimeNs, dev, ino } = await stat(join(this.folder, name), { bigint: true });
    this.#files.set(content, [
      {
        content,
        root: this.folder,
        relative: name,
        size: Number(size),
        mtime: mtimeNs,
        device: dev,
        inode: ino,
      },
    ]);
    return content;
  }

  /** Holds a content whose bytes lie in a file of this folder already, and whose hashes it is given. */
  holds(file: LocalFile): void {
    this.#files.set(file.content, [file]);
  }

  fetch(content: ContentId, size: number, relative: string, overwrite = false): ContentFetch {
    return new ContentFetch(this.parts, {
      content,
      size,
      destination: { root: this.folder, relative },
      overwrite,
      onPassedOver: (passed) => this.passedOver.push(passed),
      onFile: (file) => {
        if (this.remembers) this.parts.contents.recordWritten({ ...file, executable: false });
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lingering.stop();
    await this.swarm.stop();
    await this.#smallFiles.close();
    await this.#close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
