import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { PeerId } from '../../src/core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../../src/core/leaf-buffers.ts';
import { MemoryBudget } from '../../src/core/memory-budget.ts';
import { systemRandom } from '../../src/core/random.ts';
import { RateMeter } from '../../src/core/rate-meter.ts';
import type { OpenBatch, OpenUpload } from '../../src/network/swarm/upload-channels.ts';
import { type BatchUploadOptions, openBatch } from '../../src/transfer/batch/batch-upload.ts';
import { ContentSwarms } from '../../src/transfer/content-swarms.ts';
import { type HoldingParts, LocalHoldings } from '../../src/transfer/local-holdings.ts';
import { LocalLink } from '../../src/transfer/local-link.ts';
import { openUpload, type UploadOptions } from '../../src/transfer/upload.ts';
import { UploadQueue } from '../../src/transfer/upload-queue.ts';
import type { HeldFiles } from './held-files.ts';

export interface SwarmUploadsOptions
  extends Pick<HoldingParts, 'hashes' | 'files'>,
    Pick<UploadOptions, 'members' | 'swarms' | 'buffers'> {
  readonly self: PeerId;
  readonly held: HeldFiles;
  readonly smallFiles: BatchUploadOptions['files'];
  readonly clock: Clock;
}

/** What a peer without registry and index gives to others, and to itself. */
export class SwarmUploads {
  readonly budget = new MemoryBudget(32 * 1024 * 1024);
  readonly meter = new RateMeter(systemClock);
  readonly queue: UploadQueue;
  readonly holdings: LocalHoldings;
  /** This machine as a source for itself. */
  readonly local: LocalLink;
  isHeldBack: (peer: PeerId) => boolean = () => false;
  /** How many batches were asked for. */
  batches = 0;
  readonly #upload: UploadOptions;
  readonly #batch: BatchUploadOptions;

  constructor({ self, held, smallFiles, clock, ...options }: SwarmUploadsOptions) {
    const { budget, meter } = this;
    const parts = { ...options, contents: held };
    this.queue = new UploadQueue(clock, systemRandom, (peer) => this.isHeldBack(peer));
    this.holdings = new LocalHoldings(parts);
    const { queue, holdings } = this;
    this.#upload = { ...options, holdings, queue, budget, meter, mostQueued: 1024 };
    this.#batch = {
      ...{ contents: held, files: smallFiles, queue, budget, meter },
      packLeaves: 2,
      buffers: new LeafBuffers(4, () => sharedBuffer(2)),
    };
    const copies = {
      ...this.#upload,
      holdings: new LocalHoldings(parts),
      swarms: new ContentSwarms({ self, clock, random: systemRandom }),
      queue: new UploadQueue(clock, systemRandom),
    };
    this.local = new LocalLink(self, (content, sink) => openUpload(self, content, sink, copies));
  }

  readonly open: OpenUpload = (peer, content, sink) => openUpload(peer, content, sink, this.#upload);

  readonly openBatch: OpenBatch = (peer, items, sink) => {
    this.batches += 1;
    return openBatch(peer, items, sink, this.#batch);
  };
}
