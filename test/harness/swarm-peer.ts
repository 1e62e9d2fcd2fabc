import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerUrl } from '../../src/app/worker-url.ts';
import type { Address } from '../../src/core/address.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { ContentId, PeerId } from '../../src/core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../../src/core/leaf-buffers.ts';
import { MemoryBudget } from '../../src/core/memory-budget.ts';
import type { LocalFile } from '../../src/core/ports/local-contents.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { systemRandom } from '../../src/core/random.ts';
import { RateLimiter } from '../../src/core/rate-limiter.ts';
import { SwarmNetwork } from '../../src/network/swarm/swarm-network.ts';
import type { SwarmTimes } from '../../src/network/swarm/swarm-times.ts';
import { plaintextWire } from '../../src/network/wire/plaintext-wire.ts';
import { openTlsWire } from '../../src/network/wire/tls-wire.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import { FEATURES } from '../../src/protocol/swarm/frames.ts';
import { contentFiles } from '../../src/storage/disk/content-files.ts';
import { DiskPartialStore } from '../../src/storage/disk/partial-store.ts';
import { SmallFilePool } from '../../src/storage/disk/small-files/small-file-pool.ts';
import { MemoryHashStore } from '../../src/storage/memory/hash-store.ts';
import { SLAB_LEAVES, type SmallParts } from '../../src/transfer/batch/small-parts.ts';
import { BoundedFiles } from '../../src/transfer/bounded-files.ts';
import { ContentSwarms, type ContentSwarmsOptions } from '../../src/transfer/content-swarms.ts';
import { DownloadTally } from '../../src/transfer/download-tally.ts';
import { ContentFetch } from '../../src/transfer/fetch-content.ts';
import { InFlight } from '../../src/transfer/in-flight.ts';
import { Lingering } from '../../src/transfer/lingering.ts';
import { LinkWindows } from '../../src/transfer/link-window.ts';
import type { PassedOver } from '../../src/transfer/passed-over.ts';
import { SourceBans } from '../../src/transfer/source-bans.ts';
import { SwarmMembers } from '../../src/transfer/swarm-members.ts';
import type { TransferParts } from '../../src/transfer/transfer-parts.ts';
import { UrgentLeaves } from '../../src/transfer/urgent-leaves.ts';
import { freshKey } from '../support/fresh-key.ts';
import { signer, TestNetwork } from '../support/signers.ts';
import { HeldFiles } from './held-files.ts';
import { type KnownPeer, KnownPeers } from './known-peers.ts';
import { SwarmUploads } from './swarm-uploads.ts';

const NETWORK = new TestNetwork();
/** Files that one of these peers has open at a time to serve them. */
export const MOST_OPEN_FILES = 16;

/** Others than the usual bounds of its swarms; and whether it answers batches, as it does unless told. */
export type Bounds = Pick<ContentSwarmsOptions, 'mostNeighbours' | 'mostLinks'> & {
  readonly batches?: boolean;
};

interface Setup {
  readonly self: Signer;
  readonly network: TestNetwork;
  readonly times: Partial<SwarmTimes>;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly bounds: Bounds;
}

/** Where it is reached. */
interface Place {
  readonly folder: string;
  readonly address: Address;
  readonly close: () => Promise<void>;
}

/** A peer reduced to its swarm: real sockets, real files, hashes in memory, no registry and no index. */
export class SwarmPeer implements AsyncDisposable {
  readonly id: PeerId;
  readonly folder: string;
  readonly hashes = new MemoryHashStore(systemClock);
  readonly budget = new MemoryBudget(32 * 1024 * 1024);
  readonly uploads: SwarmUploads;
  readonly upLimiter: RateLimiter;
  readonly downLimiter: RateLimiter;
  /** What each peer's bytes are drawn from: the above unless told. */
  upOf: (peer: PeerId) => RateLimiter = () => this.upLimiter;
  downOf: (peer: PeerId) => RateLimiter = () => this.downLimiter;
  /** Who is active; who is asked for a content. */
  readonly others = new KnownPeers();
  readonly members: SwarmMembers;
  readonly lingering: Lingering;
  readonly swarm: SwarmNetwork;
  readonly parts: TransferParts;
  /** What it needs to fetch many small files. */
  readonly small: SmallParts;
  readonly address: Address;
  readonly passedOver: PassedOver[] = [];
  /** What it fetched is served from then on. */
  remembers = false;
  readonly #held = new HeldFiles();
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
    return SwarmPeer.#start({ self: signer(n), network, times, wire: plaintextWire, clock, bounds });
  }

  /** With a key of its own, whose id it has. */
  static async startWithTls(times: Partial<SwarmTimes> = {}): Promise<SwarmPeer> {
    const self = freshKey();
    const wire = await openTlsWire(self);
    return SwarmPeer.#start({ self, network: NETWORK, times, wire, clock: systemClock, bounds: {} });
  }

  static async #start(setup: Setup): Promise<SwarmPeer> {
    const folder = await mkdtemp(join(tmpdir(), 'peerdex-swarm-'));
    const server = setup.wire.listener({
      onHttp: (socket) => socket.destroy(),
      onSwarm: (socket) => peer.swarm.accept(socket),
      // What a peer allows is looked at elsewhere.
      limits: { handshakes: 1e6, handshakesOfOne: 1e6 },
      clock: systemClock,
      log: silentLog,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    const peer = new SwarmPeer(setup, { folder, address: { host: '127.0.0.1', port }, close });
    return peer;
  }

  private constructor({ self, network, times, wire, clock, bounds }: Setup, place: Place) {
    const { id } = self;
    const { folder } = place;
    this.id = id;
    this.folder = folder;
    this.address = place.address;
    this.#close = place.close;
    this.upLimiter = new RateLimiter(clock);
    this.downLimiter = new RateLimiter(clock);
    this.#smallFiles = new SmallFilePool({
      worker: workerUrl('small-file-worker'),
      ...{ clock, size: 1, flush: false, owner: id },
    });
    this.small = {
      files: this.#smallFiles,
      contents: this.#held,
      slabs: new LeafBuffers(8, () => sharedBuffer(SLAB_LEAVES)),
      holdersOfEach: (wanted) => wanted.map((content) => this.parts.sources.holders(content)),
    };
    const [random, log] = [systemRandom, silentLog];
    const buffers = new LeafBuffers(64);
    const { hashes } = this;
    const files = new BoundedFiles(contentFiles, MOST_OPEN_FILES);
    const addressesOf = (peer: PeerId) => this.others.addressesOf(peer);
    this.members = new SwarmMembers({ self: id, addressesOf, clock, random });
    const { members } = this;
    const contentSwarms = new ContentSwarms({ self: id, clock, random, ...bounds });
    this.uploads = new SwarmUploads({
      ...{ self: id, held: this.#held, smallFiles: this.#smallFiles, clock },
      ...{ hashes, files, members, swarms: contentSwarms, buffers },
    });
    const { holdings, local } = this.uploads;
    this.swarm = new SwarmNetwork({
      identity: {
        ...{ peer: id, network: () => network.id, trust: network.member(self) },
        features: bounds.batches === false ? 0 : FEATURES.batch,
      },
      ...(bounds.batches === false ? {} : { openBatch: this.uploads.openBatch }),
      openUpload: this.uploads.open,
      members,
      limiterOf: (peer) => this.upOf(peer),
      downLimiterOf: (peer) => this.downOf(peer),
      ...{ log, times, wire },
    });
    const swarms = this.others.directory(this.swarm, this.address);
    this.lingering = new Lingering({ self: id, swarms, members, lingerMs: 600_000, clock, random, log });
    this.parts = {
      self: id,
      sources: this.others.sources(this.swarm),
      lingering: this.lingering,
      tally: new DownloadTally(),
      bans: new SourceBans({ clock, onBan: () => {} }),
      contents: this.#held,
      partials: new DiskPartialStore({
        folder: join(folder, 'maps'),
        ...{ owner: id, clock: systemClock, flush: false },
      }),
      budget: this.budget,
      urgent: new UrgentLeaves(),
      windows: new LinkWindows(clock, new InFlight(clock, this.downLimiter, (peer) => this.downOf(peer))),
      ...{ swarms, members, holdings, hashes, files, local, buffers, contentSwarms, clock, random, log },
    };
  }

  /** Files that were reported to have changed. */
  get suspected(): readonly LocalFile[] {
    return this.#held.suspected;
  }

  /** These are active, and hold whatever is asked for. */
  knows(...others: readonly KnownPeer[]): void {
    for (const other of others) this.others.addHolder(other);
  }

  /** These are active, and hold nothing as far as the index knows. */
  meets(...others: readonly KnownPeer[]): void {
    for (const other of others) this.others.add(other);
  }

  /** Writes a file and holds its content. */
  hold(name: string, bytes: Uint8Array): Promise<ContentId> {
    return this.#held.write(this.folder, name, bytes, this.hashes);
  }

  /** Holds a content whose bytes lie in a file of this folder already, and whose hashes it is given. */
  holds(file: LocalFile): void {
    this.#held.recordWritten(file);
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
